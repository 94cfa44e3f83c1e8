// Lining two photos up: the same two spots marked on each, by finger, mouse or keyboard, and sent as a plain form.

const NUDGE = 4, FINE = 1; // px: an arrow key, and with shift
const LOUPE = 3; // times

// Where a photo lies in its frame before anything is moved, in px.
export function contained(image, frame) {
  const [width, height] = ["width", "height"].map((name) => Number(image.getAttribute(name)));
  const scale = Math.min(frame.clientWidth / width, frame.clientHeight / height);
  const size = [width * scale, height * scale];
  return { size, at: [(frame.clientWidth - size[0]) / 2, (frame.clientHeight - size[1]) / 2] };
}

// Where in a frame a finger or the mouse is, as fractions.
export function point(frame, event) {
  const box = frame.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

// A spot, fractions of a photo, in px of the frame; and back.
export const placed = ({ size, at }, spot) => spot.map((part, axis) => at[axis] + part * size[axis]);
const found = ({ size, at }, spot) => spot.map((part, axis) => (part - at[axis]) / size[axis]);

// The turn, growth and move that bring two points onto two others: q onto p.
export function laid([p, pp], [q, qq]) {
  const [px, py, qx, qy] = [pp[0] - p[0], pp[1] - p[1], qq[0] - q[0], qq[1] - q[1]];
  const square = qx * qx + qy * qy;
  const a = (px * qx + py * qy) / square, b = (py * qx - px * qy) / square;
  return `matrix(${a}, ${b}, ${-b}, ${a}, ${p[0] - a * q[0] + b * q[1]}, ${p[1] - b * q[0] - a * q[1]})`;
}

// Puts marking behind the button "Line up". `view.marking` is there while it goes on.
export function lineUp({ root, stage, frames, images, form, view, draw }) {
  const parts = [...root.querySelectorAll("[data-marking]")];
  const steps = [...root.querySelectorAll("[data-step]")];
  const [there, here] = root.querySelectorAll(".loupe");
  const panel = root.querySelector("[data-spot]");
  const [next, back] = ["next", "back"].map((name) => root.querySelector(`[data-${name}]`));
  const words = { next: next.textContent, back: back.textContent };
  const marks = [0, 1].map(mark);
  let step = 0, spots, set;

  const side = () => Math.floor(step / 2);
  const box = () => contained(images()[side()], frames[side()]);

  function mark(number) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "mark";
    button.textContent = number + 1;
    button.setAttribute("aria-label", panel.dataset.spot.replace("{n}", number + 1));
    button.addEventListener("keydown", nudge);
    button.addEventListener("click", () => put(spots[side()][step % 2])); // it is right where it is
    button.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      button.setPointerCapture(event.pointerId);
    });
    button.addEventListener("pointermove", carry);
    button.addEventListener("pointerup", carry);
    return button;
  }

  function carry(event) {
    event.stopPropagation();
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    tap(point(frames[side()], event));
  }

  // Put the spot that is asked for where the frame was touched: fractions of the frame as it is looked at.
  function tap(touched) {
    const frame = frames[side()];
    const plain = touched.map((part, axis) => (part - 0.5) / view.zoom + [view.x, view.y][axis]);
    put(found(box(), [plain[0] * frame.clientWidth, plain[1] * frame.clientHeight]));
    marks[step % 2].focus({ preventScroll: true });
  }

  function put(spot) {
    spots[side()][step % 2] = spot.map((part) => Math.min(Math.max(part, 0), 1));
    set[step] = true;
    draw();
  }

  function nudge(event) {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (x === undefined) return;
    event.preventDefault();
    const by = (event.shiftKey ? FINE : NUDGE) / view.zoom, { size } = box();
    const [u, v] = spots[side()][step % 2];
    put([u + (x * by) / size[0], v + (y * by) / size[1]]);
    [view.x, view.y] = middle();
    draw();
  }

  // The middle of the view, moved no further than keeps the spot inside.
  function middle() {
    const frame = frames[side()], spot = placed(box(), spots[side()][step % 2]), most = 0.4 / view.zoom;
    const at = [spot[0] / frame.clientWidth, spot[1] / frame.clientHeight];
    return [view.x, view.y].map((now, axis) => Math.min(Math.max(now, at[axis] - most), at[axis] + most));
  }

  function magnify(loupe, of, spot) {
    const image = images()[of], { size } = contained(image, frames[side()]);
    const picture = loupe.firstElementChild ?? loupe.appendChild(document.createElement("img"));
    if (picture.src !== image.src) picture.src = image.src;
    picture.alt = "";
    size.forEach((length, axis) => {
      picture.style[["width", "height"][axis]] = `${LOUPE * length}px`;
      picture.style[["left", "top"][axis]] = `${loupe.clientWidth / 2 - LOUPE * length * spot[axis]}px`;
    });
  }

  function paint() {
    const frame = frames[side()];
    marks.forEach((button, number) => {
      const shown = number <= step % 2;
      button.hidden = !shown;
      button.disabled = number !== step % 2;
      const at = placed(box(), spots[side()][number]);
      button.style.left = `${frame.clientWidth / 2 + (at[0] - view.x * frame.clientWidth) * view.zoom}px`;
      button.style.top = `${frame.clientHeight / 2 + (at[1] - view.y * frame.clientHeight) * view.zoom}px`;
    });
    there.parentElement.hidden = !side();
    if (side()) magnify(there, 0, spots[0][step % 2]);
    magnify(here, side(), spots[side()][step % 2]);
    next.disabled = !set[step];
    next.textContent = step === 3 ? next.dataset.next : words.next;
    back.textContent = step ? words.back : back.dataset.back;
  }

  function go(to) {
    if (to === 4) return send();
    if (to < 0) return stop();
    // The same spots are to be expected at about the same place.
    if (to > step && to >= 2 && !set[to]) spots[1][to - 2] = [...spots[0][to - 2]];
    step = to;
    view.marking.side = side();
    frames[side()].append(...marks);
    steps.forEach((one, number) => one.toggleAttribute("data-now", number === step));
    draw();
    marks[step % 2].focus({ preventScroll: true });
  }

  function begin() {
    spots = view.spots ? structuredClone(view.spots) : [0, 1].map(() => [[0.35, 0.45], [0.65, 0.45]]);
    set = Array(4).fill(Boolean(view.spots));
    view.marking = { side: 0, tap, draw: paint };
    Object.assign(view, { zoom: 1, x: 0.5, y: 0.5 });
    show(true);
    go(0);
    root.scrollIntoView({ block: "start" });
    panel.scrollIntoView({ block: "nearest" }); // what is pressed matters more than the top
  }

  function stop() {
    view.marking = null;
    marks.forEach((button) => button.remove());
    show(false);
    draw();
    root.querySelector("[data-line-up]").focus();
  }

  function show(marking) {
    parts.forEach((part) => { part.hidden = !marking; });
    document.querySelectorAll("[data-scripted], [data-judged]").forEach((part) => { part.hidden = marking; });
    form.hidden = marking;
    stage.tabIndex = marking ? -1 : 0;
  }

  function send() {
    ["left_spots", "right_spots"].forEach((name, number) => {
      form.elements[name].value = spots[number].map((spot) => spot.map((part) => part.toFixed(4)).join(",")).join(" ");
    });
    form.requestSubmit();
  }

  root.querySelector("[data-line-up]").addEventListener("click", begin);
  next.addEventListener("click", () => go(step + 1));
  back.addEventListener("click", () => go(step - 1));
}
