// What changed since the page was read, asked while it is in view. It is said, and nothing moves by itself.
const EVERY = 8000;
const MISSED = 3; // unanswered looks in a row, after which the page says so
let page = document.getElementById("main");
let tag = "", missed = 0, over = false, shown = { says: "" }, timer;

async function look() {
  clearTimeout(timer);
  if (over || document.visibilityState !== "visible") return;
  try {
    const answer = await fetch(page.dataset.live, { headers: { "If-None-Match": tag }, signal: AbortSignal.timeout(5000) });
    if (answer.ok) {
      tag = answer.headers.get("ETag") || "";
      shown = await answer.json();
    } else if (answer.status >= 400 && answer.status < 500) over = true;
    missed = answer.status < 500 ? 0 : missed + 1;
  } catch {
    missed += 1;
  }
  say();
  timer = setTimeout(look, EVERY);
}

// In the bar at the foot, or in the form that is open above it.
function say() {
  const open = page.querySelector(":popover-open");
  const words = over ? page.dataset.ended : missed >= MISSED ? page.dataset.lost : shown.says;
  for (const place of page.querySelectorAll(".news")) {
    const here = (open ? open.contains(place) : !place.closest("[popover]")) ? words : "";
    if (place.dataset.words === here) continue;
    place.dataset.words = here;
    place.replaceChildren(here);
    if (here && here === shown.says) place.append(" ", link());
  }
}

function link() {
  const made = document.createElement("a");
  made.href = location.pathname + location.search;
  made.textContent = page.dataset.show;
  return made;
}

// The page as it is now. What was typed stays: it goes along into the same controls of the fresh forms.
async function renew() {
  const answer = await fetch(location.href);
  const text = await answer.text();
  const fresh = answer.ok && new DOMParser().parseFromString(text, "text/html").getElementById("main");
  if (!fresh) throw new Error("no page");
  let open = page.querySelector(":popover-open")?.id;
  const here = document.activeElement.id;
  for (const control of page.querySelectorAll("form [id]")) {
    const id = control.id.replace("again-", ""); // the form of an act that was refused stood open in the page
    const twin = fresh.querySelector(`#${CSS.escape(id)}`);
    if (!twin || (id === control.id && !touched(control))) continue;
    if (control.type === "checkbox") twin.checked = control.checked;
    else if (control.tagName !== "SELECT" || [...twin.options].some((one) => one.value === control.value)) twin.value = control.value;
    if (id !== control.id) open = twin.closest("[popover]")?.id;
  }
  page.replaceWith(fresh);
  page = fresh;
  tag = "";
  shown = { says: "" };
  if (open) document.getElementById(open)?.showPopover();
  const place = (here && document.getElementById(here)) || page.querySelector("h1");
  if (place.tagName === "H1") place.tabIndex = -1;
  place.focus();
  look();
}

function touched(control) {
  if (control.type === "checkbox") return control.checked !== control.defaultChecked;
  if (control.tagName !== "SELECT") return control.value !== control.defaultValue;
  return control.selectedOptions[0] !== ([...control.options].find((one) => one.defaultSelected) || control.options[0]);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest(".news a") || !page.querySelector("[popover]")) return;
  event.preventDefault();
  renew().catch(() => { missed = MISSED; say(); });
});
document.addEventListener("toggle", say, true);
document.addEventListener("visibilitychange", look);
timer = setTimeout(look, EVERY);
