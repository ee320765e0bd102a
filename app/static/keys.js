// Single keys: each presses a link or button of the page that names it (data-key), or after g one of the views (data-go).
// They are dead while a page comes or goes, so that a key meant for one child never reaches the next.
const QUIET = 300; // a page must have stood so long
const WAITS = 1500; // how long g waits for its letter
let ready = false, going = -Infinity;

function wake() {
  ready = false;
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => { ready = true; }, QUIET)));
}

addEventListener("pageshow", () => {
  const opened = document.querySelector("tr:target :is(a, input)");
  if (opened && document.activeElement === document.body) opened.focus();
  wake();
});
addEventListener("beforeunload", () => {
  ready = false;
  setTimeout(wake, 8000); // it was no page that came: a file, a call
});

function step(by) {
  const rows = [...document.querySelectorAll(".queue tbody a, tbody input[name=file]")];
  const here = rows.indexOf(document.activeElement);
  const next = rows[here < 0 ? 0 : Math.min(Math.max(here + by, 0), rows.length - 1)];
  next?.focus();
  return next;
}

// A key that sorts files means the row one stands on, where none is ticked.
function tick(form) {
  const here = document.activeElement;
  if (form && here.name === "file" && here.form === form && !form.querySelector("[name=file]:checked")) here.checked = true;
}

document.addEventListener("keydown", (event) => {
  if (!ready || event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length !== 1 || event.target.closest("input:not([name=file]), textarea, select, [popover]")) return;
  if (document.querySelector("[popover]:popover-open")) return;
  const after = event.timeStamp - going < WAITS;
  going = event.key === "g" ? event.timeStamp : -Infinity;
  if (event.key === "g") return;
  const named = document.querySelector(`[${after ? "data-go" : "data-key"}="${CSS.escape(event.key)}"]`);
  if (named?.matches("input")) named.focus();
  else if (named) {
    tick(named.form);
    named.click();
  }
  else if (after || !{ j: 1, k: 1 }[event.key] || !step(event.key === "j" ? 1 : -1)) return;
  event.preventDefault();
});
