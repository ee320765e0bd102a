// The desk: small helps. Without this file everything works. It listens on the document, since live.js may renew the page.
const box = document.getElementById("q");
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [popover]");
  if (event.key === "/" && box && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
  }
});

// A filter applies as it is chosen; the button stays for those without this file.
const apply = document.getElementById("apply");
if (apply) {
  apply.hidden = true;
  apply.form.addEventListener("change", () => apply.form.requestSubmit());
}

document.addEventListener("toggle", (event) => {
  if (event.newState === "open" && event.target.matches("[popover]")) event.target.querySelector("textarea, select")?.focus();
}, true);

// A second press while the first is on its way is held back.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000);
});
