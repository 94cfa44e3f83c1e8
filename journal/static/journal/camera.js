// The camera: the views of an area one after another, from one permission, each held against an earlier photo.
import { hint, measure } from "./measure.js";
import { draw, encode } from "./shrink.js";

const RATIO = 3 / 4; // of the frame, and of what is kept
const LOOK = 300; // ms between two looks at the light
const STEADY = 1000; // ms that a hint holds before it is said

// Opens the camera on one of `inputs` and ends when the dialog is closed; throws where there is no camera.
// `keep(input, files)` is told of each photo kept.
export async function shoot(inputs, first, judged, keep) {
  const camera = new Camera(inputs, judged, keep);
  try {
    await camera.open(first);
  } finally {
    camera.end();
  }
}

class Camera {
  constructor(inputs, judged, keep) {
    Object.assign(this, { inputs, judged, keep });
    this.dialog = document.querySelector("#camera").content.querySelector("dialog").cloneNode(true);
    this.over = new AbortController();
    const pressed = { shutter: this.press, again: this.again, keep: this.accept, done: this.close, turn: this.turn };
    for (const [name, act] of Object.entries(pressed)) this.on(this.part(name), "click", act);
    this.on(this.part("fade"), "input", this.fade);
    for (const each of this.dialog.querySelectorAll("[data-switch]")) this.on(each, "click", () => this.flip(each));
    this.on(this.dialog, "cancel", this.stop); // Escape: its light goes out before the dialog does
    this.on(window, "pagehide", this.end);
    this.on(document, "visibilitychange", this.rest);
  }

  part(name) { return this.dialog.querySelector(`[data-${name}]`); }

  // Whatever goes wrong ends the camera: the plain input is there.
  on(target, type, act) {
    const listen = async () => { try { await act.call(this); } catch (error) { this.fail(error); } };
    target.addEventListener(type, listen, { signal: this.over.signal });
  }

  set state(name) {
    this.dialog.dataset.state = name;
    this.part("shutter").setAttribute("aria-label", this.dialog.dataset[name === "count" ? "stop" : "shoot"]);
  }
  get state() { return this.dialog.dataset.state; }

  async open(input) {
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.face(input);
    const closed = new Promise((resolve, reject) => {
      this.dialog.addEventListener("close", resolve, { once: true });
      this.fail = reject;
    });
    this.start({ facingMode: this.dialog.dataset.facing }).catch(this.fail);
    this.looking = setInterval(() => { try { this.look(); } catch (error) { this.fail(error); } }, LOOK);
    await closed;
  }

  close() {
    this.stop(); // its light goes out at once
    this.dialog.close();
  }

  end() {
    this.over.abort();
    clearInterval(this.looking);
    clearInterval(this.counting);
    this.stop();
    this.dialog.close();
    this.dialog.remove();
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  // Nothing is filmed while the page is out of sight. A photo that was taken waits to be kept or not.
  rest() {
    if (document.hidden && this.stream) {
      if (this.state === "count") this.uncount();
      this.stop();
      this.resting = true;
    } else if (!document.hidden && this.resting && this.state !== "still") {
      return this.start(this.wish);
    }
  }

  async start(wish) {
    [this.wish, this.resting] = [wish, false];
    this.state = "opening";
    this.stop(); // most phones open one camera at a time
    const video = { ...wish, width: { ideal: 1920 }, height: { ideal: 1440 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video });
    this.stream = stream;
    if (!this.dialog.open) return this.stop();
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", this.fail, { signal: this.over.signal });
    this.settings = track.getSettings();
    // A mirror is what people are used to from the front; what is kept is never mirrored.
    this.part("frame").classList.toggle("mirrored", this.settings.facingMode !== "environment");
    this.part("live").srcObject = stream;
    await this.part("live").play().catch((error) => { if (this.stream === stream) throw error; });
    if (this.stream !== stream) return; // put to rest, or turned, meanwhile
    this.live();
    this.rest();
    const all = await navigator.mediaDevices.enumerateDevices();
    this.cameras = all.filter(({ kind }) => kind === "videoinput").map(({ deviceId }) => deviceId);
    this.part("turn").hidden = this.cameras.length < 2;
  }

  turn() {
    const { facingMode, deviceId } = this.settings;
    const next = this.cameras[(this.cameras.indexOf(deviceId) + 1) % this.cameras.length];
    const other = { user: "environment", environment: "user" }[facingMode];
    return this.start(other ? { facingMode: other } : { deviceId: { exact: next } });
  }

  // The view that comes next: its name, its outline, and the photo it is held against.
  face(input) {
    this.input = input;
    const { pose, area, view, ghost } = input.dataset;
    const step = { pose, n: this.inputs.indexOf(input) + 1, all: this.inputs.length };
    this.dialog.querySelector("h2").textContent = this.dialog.dataset.step.replace(/{(\w+)}/g, (_, name) => step[name]);
    const outlines = [...this.dialog.querySelectorAll("[data-outline]")];
    const drawn = [`${area}-${view}`, view].map((key) => outlines.find((one) => one.dataset.outline === key)).find(Boolean);
    for (const one of outlines) one.classList.toggle("drawn", one === drawn);
    if (ghost) this.part("ghost").src = ghost;
    this.dialog.classList.toggle("ghostless", !ghost);
    this.fade();
  }

  fade() { this.part("ghost").style.opacity = this.part("fade").value / 100; }

  flip(each) {
    const on = each.getAttribute("aria-pressed") !== "true";
    each.setAttribute("aria-pressed", on);
    this.dialog.classList.toggle(`no-${each.dataset.switch}`, !on);
  }

  live() {
    this.state = "live";
    this.tell("");
    this.part("shutter").focus();
  }

  press() {
    if (this.state === "count") return this.uncount();
    if (this.state !== "live") return;
    let left = Number(this.part("timer").value);
    if (!left) return this.snap();
    this.state = "count";
    this.part("count").textContent = left;
    this.counting = setInterval(() => {
      left -= 1;
      this.part("count").textContent = left || "";
      if (!left) this.snap();
    }, 1000);
  }

  uncount() {
    clearInterval(this.counting);
    this.part("count").textContent = "";
    this.live();
  }

  // The part of the live picture that the frame shows, in the camera's px.
  get box() {
    const { videoWidth, videoHeight } = this.part("live");
    const width = Math.min(videoWidth, videoHeight * RATIO);
    const height = width / RATIO;
    return { x: (videoWidth - width) / 2, y: (videoHeight - height) / 2, width, height };
  }

  snap() {
    clearInterval(this.counting);
    const still = this.part("still");
    draw(still, this.part("live"), this.box);
    const code = this.judge(still, { x: 0, y: 0, width: still.width, height: still.height });
    this.tell(this.judged.hints[code] ?? this.dialog.dataset.fine);
    this.state = "still";
    this.part("keep").focus();
  }

  judge(picture, box) {
    return hint(measure(picture, box), this.judged.limits, this.judged.beside[this.input.name]);
  }

  // A hint while framing: said once it has held for a while, so that nobody is chattered at.
  look() {
    if (this.state !== "live" || !this.part("live").videoWidth) return;
    const code = this.judge(this.part("live"), this.box);
    const now = performance.now();
    if (code !== this.seen) [this.seen, this.since] = [code, now];
    else if (now - this.since >= STEADY) this.tell(this.judged.hints[code] ?? "");
  }

  tell(sentence) {
    if (this.part("tip").textContent !== sentence) this.part("tip").textContent = sentence;
  }

  again() { return this.stream ? this.live() : this.start(this.wish); }

  async accept() {
    const { area, view } = this.input.dataset;
    this.state = "opening"; // a second press does nothing
    const file = await encode(this.part("still"), `${area}-${view}`);
    await this.keep(this.input, [file]);
    if (!this.dialog.open) return; // closed meanwhile: the camera stays off
    const at = this.inputs.indexOf(this.input);
    const others = [...this.inputs.slice(at + 1), ...this.inputs.slice(0, at)];
    const next = others.find((one) => !one.files.length && !("kept" in one.dataset));
    if (!next) return this.close();
    this.face(next);
    return this.again();
  }
}
