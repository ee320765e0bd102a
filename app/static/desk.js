// The desk: small helps. Without this file everything works.
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

for (const pop of document.querySelectorAll("[popover]")) {
  pop.addEventListener("toggle", (event) => {
    if (event.newState === "open") pop.querySelector("textarea, select")?.focus();
  });
}

// A second press while the first is on its way is held back.
for (const form of document.forms) {
  if (form.method === "get") continue;
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
}
