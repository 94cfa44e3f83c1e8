// What happens to photos between choosing and sending: made small, shown, looked at for light, taken away again.
// Without this file the plain inputs send what was chosen.
import { hint, measure } from "./measure.js";
import { refusal } from "./refusal.js";
import { shrink } from "./shrink.js";

const hasCamera = Boolean(navigator.mediaDevices?.getUserMedia);
const prepared = new WeakSet();
const held = new WeakMap(); // the files of each input
const small = new WeakSet(); // files that need no more shrinking

let judged, parts;
let busy = 0;
let queue = Promise.resolve(); // one after another: two at full size may be more than a phone can hold

// Gives every file input of the page what it does not have yet. Called again when a form has come back.
export function prepare() {
  judged = JSON.parse(document.querySelector("#measuring").textContent);
  parts = document.querySelector("#photo-parts").content;
  for (const input of document.querySelectorAll("[data-photo]")) {
    if (prepared.has(input)) continue;
    prepared.add(input);
    input.after(part("[data-said]"));
    if (hasCamera && input.dataset.view) input.after(button("[data-take]", input, () => take(input)));
    input.addEventListener("change", () => settle(input));
    if (input.files.length) settle(input);
  }
}

document.addEventListener("submit", ask, true);
document.addEventListener("submit", hold, true);
prepare();

// A form that comes back has lost its files: so what the server would ask for is asked for here.
function ask(event) {
  const { taken_before: sure, treated_on: on } = event.target.elements;
  if (!sure || sure.checked || !(new Date(`${on.value}T23:59:59`) < new Date())) return;
  if (![...event.target.querySelectorAll("[data-photo]")].some((input) => input.files.length)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  sure.setCustomValidity(sure.dataset.past);
  sure.addEventListener("change", () => sure.setCustomValidity(""), { once: true });
  sure.reportValidity();
}

function part(selector) {
  return parts.querySelector(selector).cloneNode(true);
}

function button(selector, input, press) {
  const made = part(selector);
  made.setAttribute("aria-label", `${made.textContent}: ${input.dataset.photo}`);
  made.addEventListener("click", press);
  return made;
}

// An input for many keeps what it has: some phones let one choose a single photo at a time.
function settle(input) {
  const earlier = input.multiple ? held.get(input) ?? [] : [];
  const files = [...earlier, ...input.files];
  try { fill(input, files); } catch { return; } // the browser sends what was chosen last
  busy += 1;
  queue = queue.then(async () => {
    const shrunk = [];
    for (const file of files) shrunk.push(small.has(file) ? file : await shrink(file));
    if (held.get(input) === files) await put(input, shrunk);
  }).catch(() => {}).finally(() => { busy -= 1; });
}

// The files become the input's, so that the plain form sends them.
function fill(input, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  held.set(input, files);
  input.dispatchEvent(new Event("photos", { bubbles: true }));
}

async function put(input, files) {
  fill(input, files);
  for (const file of files) small.add(file);
  input.closest("[data-shot]").querySelectorAll("[data-chosen]").forEach((figure) => figure.remove());
  const sentences = new Set();
  for (const file of files) sentences.add(await show(input, file));
  say(input, [...sentences].filter(Boolean).join(" "));
}

// A small picture of a file, with a way to take it back. Answers with what is to be said about it.
async function show(input, file) {
  const figure = part("[data-chosen]");
  const image = figure.querySelector("img");
  figure.querySelector("[data-remove]").replaceWith(button("[data-remove]", input, () => {
    put(input, held.get(input).filter((other) => other !== file));
    input.focus();
  }));
  input.closest("[data-shot]").append(figure);
  const { said, least } = judged.refused;
  const reason = await refusal(file, judged.refused);
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    const [width, height] = [image.naturalWidth, image.naturalHeight];
    if (Math.min(width, height) < least) return said.small;
    return said[reason] ?? judged.hints[hint(measure(image, { x: 0, y: 0, width, height }), judged.limits, judged.beside[input.name])];
  } catch {
    image.replaceWith(file.name); // a kind that this browser cannot show
    return said[reason];
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

function say(input, sentence) {
  input.closest("[data-shot]").querySelector("[data-said]").textContent = sentence;
}

// All views of the area in one go; a camera that fails leaves the plain input.
async function take(input) {
  const all = [...input.form.querySelectorAll("[data-photo]")];
  const views = all.filter((one) => one.dataset.view && one.dataset.area === input.dataset.area);
  const words = parts.querySelector("[data-said]").dataset;
  say(input, "");
  const camera = await import("./camera.js").catch(() => null);
  try {
    if (!camera) throw new Error("not loaded");
    await camera.shoot(views, input, judged, put);
  } catch (error) {
    say(input, camera ? error.name === "NotAllowedError" ? words.refused : words.failed : words.unloaded);
    input.focus();
    return;
  }
  const ready = all.reduce((sum, one) => sum + one.files.length, 0);
  const said = input.closest("[data-shot]").querySelector("[data-said]").textContent;
  if (ready) say(input, `${said} ${words.ready.replace("{n}", ready)}`.trim());
}

// Nothing is sent while a photo is still being made small.
async function hold(event) {
  const form = event.target;
  if (!busy || !form.querySelector("[data-photo]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  while (busy) await queue;
  form.ariaBusy = null;
  form.requestSubmit(event.submitter);
}
