// Two photos moved and enlarged as one: beside each other, wiped or faded. Without this file they stand side by side.
import { contained, laid, lineUp, placed, point } from "./align.js";

const MOST = 8, STEP = 1.5, CLOSE = 2.5; // times: the largest, one press, a double tap
const SHARP = 1.5; // from here on the largest size is worth its bytes
const NUDGE = 0.1; // of the frame: one arrow key
const REACH = 32, TAP = 8; // px: this near takes hold of the wipe, this little is no drag
const DOUBLE = 300; // ms

const root = document.querySelector("[data-compare]");
const stage = root.querySelector("[data-stage]");
const frames = [...stage.querySelectorAll(".frame")];
const form = root.querySelector("[data-spots]");
const amount = root.querySelector("[data-amount]");
const names = [...stage.querySelectorAll(".whose")];
const line = document.createElement("span");

// x and y: what of the left photo's frame is in the middle, as fractions; amount: how far the wipe or the fade is.
const view = { mode: "side", zoom: 1, x: 0.5, y: 0.5, amount: 0.5, spots: kept(), marking: null };
const images = () => frames.map((frame) => frame.querySelector("img"));
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

function kept() {
  const read = (name) => form.elements[name].value.split(" ").filter(Boolean).map((spot) => spot.split(",").map(Number));
  const spots = [read("left_spots"), read("right_spots")];
  return spots.every((marked) => marked.length === 2) ? spots : null;
}

function draw() {
  const margin = 0.5 / view.zoom;
  view.x = clamp(view.x, margin, 1 - margin);
  view.y = clamp(view.y, margin, 1 - margin);
  stage.dataset.mode = view.marking ? "marking" : view.mode;
  stage.toggleAttribute("data-zoomed", view.zoom > 1);
  frames.forEach((frame, side) => {
    frame.hidden = names[side].hidden = Boolean(view.marking) && side !== view.marking.side;
    if (!frame.hidden) images()[side].style.transform = `${moved(frame)} ${side ? onLeft(frame) : ""}`;
  });
  const [wiped, faded] = ["wipe", "fade"].map((mode) => stage.dataset.mode === mode);
  frames[1].style.clipPath = wiped ? `inset(0 0 0 ${100 * view.amount}%)` : "";
  frames[1].style.opacity = faded ? view.amount : "";
  line.hidden = !wiped;
  line.style.left = `${frames[0].offsetLeft + view.amount * frames[0].clientWidth}px`;
  amount.hidden = !wiped && !faded;
  tell(amount.querySelector("input"), wiped);
  amount.querySelectorAll("[data-only]").forEach((word) => { word.hidden = word.dataset.only !== view.mode; });
  document.querySelectorAll("button[data-mode]").forEach((button) => {
    button.setAttribute("aria-pressed", button.dataset.mode === view.mode);
  });
  view.marking?.draw();
  if (view.zoom > SHARP) frames.forEach(sharpen);
}

// How much of each photo is seen: a wipe uncovers the left one, a fade covers it.
function tell(slider, wiped) {
  const share = Math.round(100 * view.amount), shares = wiped ? [share, 100 - share] : [100 - share, share];
  slider.value = share;
  slider.setAttribute("aria-valuetext", names.map((name, side) => `${name.textContent}: ${shares[side]} %`).join(", "));
}

function moved(frame) {
  const at = (size, middle) => size * (0.5 - middle * view.zoom);
  return `translate(${at(frame.clientWidth, view.x)}px, ${at(frame.clientHeight, view.y)}px) scale(${view.zoom})`;
}

// What lays the right photo on the left one where they were lined up. Whole photos side by side stay whole.
function onLeft(frame) {
  if (!view.spots || view.marking || (view.mode === "side" && view.zoom === 1)) return "";
  const [left, right] = images().map((image, side) => view.spots[side].map((spot) => placed(contained(image, frame), spot)));
  return laid(left, right);
}

async function sharpen(frame) {
  if (frame.hidden || !frame.dataset.full) return;
  const large = frame.querySelector("img").cloneNode();
  large.loading = "eager";
  large.src = frame.dataset.full;
  delete frame.dataset.full;
  try {
    await large.decode();
  } catch {
    return; // the smaller one stays
  }
  if (isMissing(large)) return lose();
  frame.querySelector("img").replaceWith(large);
  draw();
}

// In the place of a photo that is not what was stored comes a small picture that says so.
function isMissing(image) {
  return image.complete && image.naturalWidth + 1 < Number(image.getAttribute("width"));
}

// Nothing is judged, laid over or lined up where one of the two is not there.
function lose() {
  view.marking = null;
  stage.querySelectorAll(".mark").forEach((mark) => mark.remove());
  document.querySelectorAll("[data-scripted], [data-marking], [data-judged], [data-spots]").forEach((part) => { part.hidden = true; });
  root.querySelector("[data-missing]").hidden = false;
  view.mode = "side";
  zoom(0);
}

// Enlarge so that what is at a point of the frame stays there.
function zoom(times, [x, y] = [0.5, 0.5]) {
  const next = clamp(view.zoom * times, 1, MOST);
  view.x += (x - 0.5) * (1 / view.zoom - 1 / next);
  view.y += (y - 0.5) * (1 / view.zoom - 1 / next);
  view.zoom = next;
  draw();
}

function pan(x, y) {
  view.x += x / view.zoom;
  view.y += y / view.zoom;
  draw();
}

// Fingers and the mouse.
const held = new Map();
let start = null, wiping = false, tapped = 0;
const gap = ([[x, y], [u, v]]) => Math.hypot(u - x, v - y);
const middle = ([[x, y], [u, v]]) => [(x + u) / 2, (y + v) / 2];

function press(event) {
  if (event.button) return;
  const frame = event.currentTarget, here = point(frame, event);
  frame.setPointerCapture(event.pointerId);
  held.set(event.pointerId, here);
  start = held.size === 1 ? here : null;
  const near = Math.abs(here[0] - view.amount) * frame.clientWidth < REACH;
  wiping = held.size === 1 && stage.dataset.mode === "wipe" && (view.zoom === 1 || near);
}

function drag(event) {
  const before = [...held.values()], last = held.get(event.pointerId);
  if (!last) return;
  const here = point(event.currentTarget, event);
  held.set(event.pointerId, here);
  const now = [...held.values()];
  if (now.length === 2) {
    const [from, to] = [middle(before), middle(now)];
    view.x -= (to[0] - from[0]) / view.zoom;
    view.y -= (to[1] - from[1]) / view.zoom;
    zoom(gap(now) / Math.max(gap(before), 0.01), to);
  } else if (wiping) {
    view.amount = clamp(here[0], 0, 1);
    draw();
  } else if (view.zoom > 1) {
    pan(last[0] - here[0], last[1] - here[1]);
  }
}

function release(event) {
  const frame = event.currentTarget, here = point(frame, event);
  if (!held.delete(event.pointerId) || event.type === "pointercancel" || !start) return;
  const far = gap([start, here]) * frame.clientWidth;
  start = null;
  if (far > TAP) return;
  if (view.marking) view.marking.tap(here);
  else if (event.timeStamp - tapped < DOUBLE) zoom(view.zoom > 1 ? 0 : CLOSE, here);
  tapped = event.timeStamp;
}

const KEYS = {
  ArrowLeft: () => pan(-NUDGE, 0),
  ArrowRight: () => pan(NUDGE, 0),
  ArrowUp: () => pan(0, -NUDGE),
  ArrowDown: () => pan(0, NUDGE),
  "+": () => zoom(STEP),
  "=": () => zoom(STEP),
  "-": () => zoom(1 / STEP),
  0: () => zoom(0),
};

function key(event) {
  // At its whole size there is nothing to move, and the arrows are the page's.
  const idle = event.key.startsWith("Arrow") && view.zoom === 1;
  if (event.target !== stage || event.ctrlKey || event.metaKey || idle || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
}

function choose(mode) {
  view.mode = mode;
  sessionStorage.setItem("compare", mode); // the next pair is looked at in the same way
  draw();
}

for (const frame of frames) {
  frame.addEventListener("pointerdown", press);
  frame.addEventListener("pointermove", drag);
  frame.addEventListener("pointerup", release);
  frame.addEventListener("pointercancel", release);
  frame.addEventListener("dragstart", (event) => event.preventDefault());
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 100), point(frame, event));
  }, { passive: false });
}
stage.addEventListener("keydown", key);
amount.addEventListener("input", ({ target }) => {
  view.amount = target.value / 100;
  draw();
});
document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.mode) choose(button.dataset.mode);
  if (button?.dataset.zoom) zoom({ in: STEP, out: 1 / STEP, whole: 0 }[button.dataset.zoom]);
});

line.className = "wipe-line";
stage.append(line);
Object.entries({ tabindex: 0, role: "group", "aria-label": stage.dataset.label }).forEach((pair) => stage.setAttribute(...pair));
document.querySelectorAll("[data-scripted]").forEach((part) => { part.hidden = false; });
if (root.querySelector("[data-line-up]")) lineUp({ root, stage, frames, images, form, view, draw });
new ResizeObserver(draw).observe(stage);
choose(sessionStorage.getItem("compare") ?? view.mode);
for (const image of images()) {
  const look = () => { if (isMissing(image)) lose(); };
  ["load", "error"].forEach((name) => image.addEventListener(name, look));
  look();
}
