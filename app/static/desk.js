// The desk: small helps. Without this file everything works. It listens on the document, since live.js may renew the page.
// Enter saves from a list, Ctrl Enter from a field of several lines. The keys' own page opens as a dialog.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest(":is([popover], .fault) form");
  if (event.key !== "Enter" || event.isComposing || !form) return;
  if (event.target.tagName !== "SELECT" && !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".go"));
});
document.addEventListener("click", (event) => {
  const sheet = document.getElementById("keys");
  if (!sheet || !event.target.closest("[data-key='?']")) return;
  event.preventDefault();
  sheet.showPopover();
});

// A filter applies as it is chosen; the button stays for those without this file.
const apply = document.getElementById("apply");
if (apply) {
  apply.hidden = true;
  apply.form.addEventListener("change", () => apply.form.requestSubmit());
}

// The browser moves the focus as it opens a form; a listener that moved it afterwards would let the first letters fall outside.
document.addEventListener("beforetoggle", (event) => {
  const first = event.newState === "open" && event.target.querySelector("textarea, select, input:not([type=hidden]), #keys a");
  if (first) first.autofocus = true;
}, true);

// A second press while the first is on its way is held back.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000);
});

// Undo is offered for ten seconds, longer under the hand; a reload of this page does not offer it again.
const undo = document.getElementById("undo");
function withdraw() {
  if (undo.matches(":hover, :focus-within")) setTimeout(withdraw, 1000);
  else undo.remove();
}
if (undo) {
  const address = new URL(location.href);
  address.searchParams.delete("done");
  history.replaceState(history.state, "", address);
  setTimeout(withdraw, 10000);
}
