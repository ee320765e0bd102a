// What changed since the page was read and who else is at it, asked while it is in view. Nothing moves by itself.
// A form that is open, or a number that was pressed, is told to the others for as long.
const EVERY = 5000;
const MISSED = 3; // unanswered looks in a row, after which the page says so
let page = document.getElementById("main");
let tag = "", missed = 0, over = false, called = false, warned = null, timer;
let shown = { says: "", others: page.querySelector(".acts .news")?.textContent || "" };

// What this person is at, by the form that is open or, where a letter is written, that has the focus.
function doing() {
  const open = page.dataset.hold && page.querySelector(":popover-open, .letter form:focus-within");
  return !open ? "" : open.id === "act-contact" ? "calling" : "editing";
}

async function look() {
  clearTimeout(timer);
  if (over || document.visibilityState !== "visible") return;
  await ask(doing() || undefined);
  timer = setTimeout(look, EVERY);
}

// Ask what is new; with a word, tell what this person is at as well ("" ends it).
async function ask(word) {
  const tell = word === undefined ? { headers: { "If-None-Match": tag } } : { method: "POST", body: told(word) };
  try {
    const answer = await fetch(word === undefined ? page.dataset.live : page.dataset.hold, { signal: AbortSignal.timeout(5000), ...tell });
    if (answer.ok) {
      tag = answer.headers.get("ETag") || "";
      shown = await answer.json();
    } else if (answer.status >= 400 && answer.status < 500) over = true;
    missed = answer.status < 500 ? 0 : missed + 1;
  } catch {
    missed += 1;
  }
  say();
}

function told(word) {
  return new URLSearchParams({ doing: word, csrf_token: page.querySelector("[name=csrf_token]")?.value || "" });
}

// In the bar at the foot; in the form that is open above it; or under the number that was pressed.
function say() {
  const open = page.querySelector(":popover-open");
  const near = open || (warned && warned.closest(".card"));
  const news = [shown.others, shown.says, !open && warned ? page.dataset.again : ""].filter(Boolean).join(" ");
  const words = over ? page.dataset.ended : missed >= MISSED ? page.dataset.lost : news;
  for (const place of page.querySelectorAll(".news")) {
    const here = (near ? near.contains(place) : place.closest(".acts")) ? words : "";
    if ((place.dataset.words ?? place.textContent) === here) continue;
    place.dataset.words = here;
    place.replaceChildren(here);
    if (here === news && shown.says) place.append(" ", link());
  }
  for (const row of page.querySelectorAll("[data-of]")) row.textContent = shown.rows?.[row.dataset.of] || (shown.rows ? "" : row.textContent);
}

function link() {
  const made = document.createElement("a");
  made.href = location.pathname + location.search;
  made.textContent = page.dataset.show;
  return made;
}

// Before a number is dialed: what is new is read first. Something new holds the call back once; no answer never does.
async function call(number) {
  called = true;
  await ask("calling");
  if (!over && missed === 0 && (shown.says || shown.others)) {
    warned = number;
    called = false;
    return ask("");
  }
  number.dataset.looked = "yes";
  number.click();
  delete number.dataset.looked;
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
  warned = null;
  shown = { says: "", others: page.querySelector(".acts .news").textContent };
  if (open) document.getElementById(open)?.showPopover();
  const place = (here && document.getElementById(here)) || (!open && page.querySelector("h1")); // an open form has the focus
  if (place.tagName === "H1") place.tabIndex = -1;
  if (place) place.focus();
  look();
}

function touched(control) {
  if (control.type === "checkbox") return control.checked !== control.defaultChecked;
  if (control.tagName !== "SELECT") return control.value !== control.defaultValue;
  return control.selectedOptions[0] !== ([...control.options].find((one) => one.defaultSelected) || control.options[0]);
}

document.addEventListener("click", (event) => {
  const number = event.target.closest("a.tel");
  if (number && page.dataset.hold && !number.dataset.looked) {
    if (number === warned) called = true, warned = null, ask("calling");
    else event.preventDefault(), call(number);
  }
  if (!event.target.closest(".news a") || !page.querySelector("[popover]")) return;
  event.preventDefault();
  renew().catch(() => { missed = MISSED; say(); });
});
document.addEventListener("toggle", (event) => {
  if (!event.target.matches("#main [popover]") || !page.contains(event.target)) return;
  warned = null;
  say();
  if (page.dataset.hold) ask(doing() || (called ? "calling" : ""));
}, true);
addEventListener("pagehide", () => {
  if (called || doing()) navigator.sendBeacon(page.dataset.hold, told(""));
});
document.addEventListener("visibilitychange", look);
timer = setTimeout(look, EVERY);
