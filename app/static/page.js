// Public pages: small helps that nobody needs. Without this file everything works.
const summary = document.getElementById("summary");
if (summary) summary.focus();

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
