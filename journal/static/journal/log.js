// Comforts for the entry form. Without this file the form works the same.
// All of it listens on the document: a form that comes back from the server takes the place of the one that was sent.
const formOf = ({ target }) => target.closest?.("[data-log]");

// How much is answered, and how many photos wait, in the button that is in view all the time.
function count(form) {
  const save = form.querySelector("[data-save]");
  const questions = [...form.querySelectorAll("[data-question]")];
  const answered = questions.filter((question) => question.querySelector(":checked")).length;
  const photos = chosen(form);
  save.dataset.plain ??= save.textContent;
  save.textContent = save.dataset.plain + (answered ? ` · ${answered}/${questions.length}` : "") + (photos ? ` · ${form.dataset.counted} ${photos}` : "");
}

function chosen(form) {
  return [...form.querySelectorAll("[data-photo]")].reduce((sum, input) => sum + input.files.length, 0);
}

// A sign and "none of these" exclude each other; the server says so too.
document.addEventListener("change", (event) => {
  const form = formOf(event);
  if (!form) return;
  const none = form.querySelector("[name=signs_none]");
  const signs = [...form.querySelectorAll("[name=signs]")];
  if (event.target === none && none.checked) signs.forEach((sign) => { sign.checked = false; });
  if (signs.includes(event.target) && event.target.checked) none.checked = false;
  count(form);
});
document.addEventListener("photos", (event) => count(formOf(event))); // after some were made small or taken away

// "Go" on a phone's keyboard must not save half an entry.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && formOf(event) && event.target.matches("input[type=text]")) event.preventDefault();
});

// Photos bring scripts of their own, once somebody opens their part. A network that was away then may be back now.
let ready = false;
async function load() {
  try {
    const { prepare } = await import("./photos.js");
    prepare();
    ready = true;
  } catch {
    ready = false; // asked again before the form is sent
  }
}
// A link to a photo's part opens it; what is inside a part that is shut is nowhere to go to.
const wanted = location.hash.startsWith("#photo-") && document.getElementById(location.hash.slice(1));
if (wanted) {
  wanted.closest("details").open = true;
  wanted.scrollIntoView();
}
const opened = () => document.querySelector("details[data-photos][open]");
document.addEventListener("toggle", ({ target }) => { if (target.matches("[data-photos][open]")) load(); }, true);
addEventListener("online", () => { if (opened()) load(); });
if (opened()) load();

// Photos that were chosen without those scripts are still made small before they are sent, if that can be had by now.
const WAIT = 5000; // ms
let waiting = false, waited = false;
document.addEventListener("submit", async (event) => {
  const form = formOf(event);
  if (!form || ready || waited || !chosen(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (waiting) return;
  waiting = true;
  form.ariaBusy = "true";
  await Promise.race([load(), new Promise((resolve) => { setTimeout(resolve, WAIT); })]);
  form.ariaBusy = null;
  [waiting, waited] = [false, true];
  form.requestSubmit(event.submitter);
  waited = false;
}, true);
