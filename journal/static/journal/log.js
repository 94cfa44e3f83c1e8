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
  if (target.matches("[data-photos]")) preview(target);
  count();
});

// "Go" on a phone's keyboard must not save half an entry.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input[type=text]")) event.preventDefault();
});

// Small pictures of what was chosen, so that a wrong one is noticed before it is sent.
function preview(input) {
  input.parentElement.querySelector(".grid3")?.remove();
  const grid = document.createElement("div");
  grid.className = "grid3";
  for (const file of input.files) {
    const picture = document.createElement("img");
    picture.className = "photo";
    picture.alt = "";
    picture.src = URL.createObjectURL(file);
    grid.append(picture);
  }
  input.after(grid);
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
