// Comforts for the entry form. Without this file the form works the same.
const form = document.querySelector("[data-log]");
const save = form.querySelector("[data-save]");
const plain = save.textContent;
const none = form.querySelector("[name=signs_none]");
const signs = [...form.querySelectorAll("[name=signs]")];

// How much is answered, in the button that is in view all the time.
function count() {
  const questions = [...form.querySelectorAll("[data-question]")];
  const answered = questions.filter((question) => question.querySelector(":checked")).length;
  save.textContent = answered ? `${plain} · ${answered}/${questions.length}` : plain;
}

// A sign and "none of these" exclude each other; the server says so too.
form.addEventListener("change", ({ target }) => {
  if (target === none && none.checked) signs.forEach((sign) => { sign.checked = false; });
  if (signs.includes(target) && target.checked) none.checked = false;
  count();
});

// "Go" on a phone's keyboard must not save half an entry.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input[type=text]")) event.preventDefault();
});

// Photos bring scripts of their own, once somebody opens their part.
for (const part of form.querySelectorAll("details[data-photos]")) {
  part.addEventListener("toggle", () => import("./photos.js").catch(() => {}), { once: true });
}

// A browser that cannot reach the server shows its own page instead of the form, and the answers with it are gone.
// So the server is asked first, and only then is the form sent. A second press meanwhile does nothing.
let sending = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return;
  sending = true;
  save.textContent = form.dataset.saving;
  form.querySelector("[data-offline]").hidden = true;
  try {
    await fetch(form.dataset.ping, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(10000) });
    form.submit();
  } catch {
    reset();
    form.querySelector("[data-offline]").hidden = false;
  }
});

function reset() {
  sending = false;
  count();
}
window.addEventListener("pageshow", reset);
