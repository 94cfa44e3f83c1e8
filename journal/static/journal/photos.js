// What happens to photos between choosing and sending: made small, shown, looked at for light, taken away again.
// Without this file the plain inputs send what was chosen.
import { hint, measure } from "./measure.js";
import { shrink } from "./shrink.js";

const judged = JSON.parse(document.querySelector("#measuring").textContent);
const parts = document.querySelector("#photo-parts").content;
const inputs = [...document.querySelectorAll("[data-photo]")];
const hasCamera = Boolean(navigator.mediaDevices?.getUserMedia);

let busy = 0;
let queue = Promise.resolve(); // one after another: two at full size may be more than a phone can hold

for (const input of inputs) {
  input.after(part("[data-said]"));
  if (hasCamera && input.dataset.view) input.after(button("[data-take]", input, () => take(input)));
  input.addEventListener("change", () => settle(input));
  if (input.files.length) settle(input);
}
for (const form of new Set(inputs.map((input) => input.form))) form.addEventListener("submit", hold, true);

function part(selector) {
  return parts.querySelector(selector).cloneNode(true);
}

function button(selector, input, press) {
  const made = part(selector);
  made.setAttribute("aria-label", `${made.textContent}: ${input.dataset.photo}`);
  made.addEventListener("click", press);
  return made;
}

function settle(input) {
  const chosen = [...input.files];
  busy += 1;
  queue = queue.then(async () => {
    const small = [];
    for (const file of chosen) small.push(await shrink(file));
    const still = chosen.length === input.files.length && chosen.every((file, n) => file === input.files[n]);
    if (still) await put(input, small);
  }).catch(() => {}).finally(() => { busy -= 1; });
}

// The files become the input's, so that the plain form sends them.
async function put(input, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  const shot = input.closest("[data-shot]");
  shot.querySelectorAll("[data-chosen]").forEach((figure) => figure.remove());
  const hints = new Set();
  for (const file of files) hints.add(await show(input, file));
  say(input, [...hints].filter(Boolean).map((code) => judged.hints[code]).join(" "));
}

// A small picture of a file, with a way to take it back. Answers with the code of its hint.
async function show(input, file) {
  const figure = part("[data-chosen]");
  const image = figure.querySelector("img");
  figure.querySelector("[data-remove]").replaceWith(button("[data-remove]", input, () => {
    put(input, [...input.files].filter((other) => other !== file));
    input.focus();
  }));
  input.closest("[data-shot]").append(figure);
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    return hint(measure(image, { x: 0, y: 0, width: image.naturalWidth, height: image.naturalHeight }), judged.limits, judged.beside[input.name]);
  } catch {
    image.replaceWith(file.name); // a kind that this browser cannot show; the server says what it makes of it
    return "";
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

function say(input, sentence) {
  input.closest("[data-shot]").querySelector("[data-said]").textContent = sentence;
}

// All views of the area in one go; a camera that fails leaves the plain input.
async function take(input) {
  const views = inputs.filter((one) => one.dataset.view && one.dataset.area === input.dataset.area);
  say(input, "");
  try {
    const { shoot } = await import("./camera.js");
    await shoot(views, input, judged, put);
  } catch {
    say(input, parts.querySelector("[data-said]").dataset.failed);
    input.focus();
  }
}

// Nothing is sent while a photo is still being made small.
async function hold(event) {
  const form = event.currentTarget;
  if (!busy) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  while (busy) await queue;
  form.ariaBusy = null;
  form.requestSubmit(event.submitter);
}
