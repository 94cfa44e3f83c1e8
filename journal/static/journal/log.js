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

// A second press while a slow network is busy would only frighten: the server keeps one entry either way.
form.addEventListener("submit", () => { save.setAttribute("aria-disabled", "true"); save.classList.add("busy"); });
form.addEventListener("click", (event) => { if (save.classList.contains("busy") && event.target === save) event.preventDefault(); });
window.addEventListener("pageshow", () => { save.removeAttribute("aria-disabled"); save.classList.remove("busy"); count(); });
