// Public pages: small helps that nobody needs. Without this file everything works.
const summary = document.getElementById("summary");
if (summary) summary.focus();

// Without a network a first press is held, so that no page of the browser's own takes the place of what was typed.
const offline = document.getElementById("offline");
for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (!offline || navigator.onLine || !offline.hidden) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.append(offline);
    offline.hidden = false;
    offline.scrollIntoView({ block: "nearest" });
  });
}
addEventListener("online", () => {
  if (offline) offline.hidden = true;
});

// A second press while the first is on its way is held back; the server would give the same receipt anyway.
for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
}
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

const zone = document.getElementById("time_zone");
if (zone && !zone.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";

// Codes as one types: the answers come from our own table, and words are always taken as they are.
const codes = document.getElementById("codes");
const diagnosis = document.getElementById("icd10cm");
if (codes && diagnosis) {
  diagnosis.setAttribute("list", "codes");
  let waiting;
  diagnosis.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      if (diagnosis.value.trim().length < 2) return;
      const body = new URLSearchParams({ words: diagnosis.value });
      const answer = await fetch(codes.dataset.from, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      codes.replaceChildren(...(await answer.json()).map((one) => new Option("", `${one.code} ${one.words}`)));
    }, 150);
  });
}
