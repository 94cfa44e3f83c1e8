// How a photo was taken, in the numbers of likeness.Measures. Light and focus, never skin; limits come with the page.
import { LONGEST } from "./shrink.js";

const MEASURED = 280; // px, the longest side of what is measured
const MARGIN = 1 / 5; // left away on each side
const COARSE = 8; // px across that fine detail is held against

// The server averages whole pixels; a canvas would blend neighbours, and blending hides a blur.
const canvas = document.createElement("canvas");
const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });

// `picture` is an image, a canvas or a video, the box the part of it that is the photo, in its px. Null for one that
// could not be made small: a canvas of its size may be more than a phone can hold.
export function measure(picture, { x, y, width, height }) {
  if (Math.max(width, height) > LONGEST) return null;
  const [left, top] = [Math.floor(width * MARGIN), Math.floor(height * MARGIN)];
  canvas.width = width - 2 * left;
  canvas.height = height - 2 * top;
  context.drawImage(picture, -x - left, -y - top);
  const longest = Math.max(width, height);
  const shown = Math.min(MEASURED, Math.floor(longest * 3 / 5));
  const [across, down] = [width, height].map((side) => Math.max(24, Math.floor(Math.floor(side * shown / longest) / COARSE) * COARSE));
  return ofPixels(context.getImageData(0, 0, canvas.width, canvas.height), across, down);
}

function ofPixels(pixels, width, height) {
  const [red, green, blue] = [0, 1, 2].map((which) => {
    return squeezed(squeezed(channel(pixels, which), pixels.width, width), pixels.height, height);
  });
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const light = red.slice().sort();
  return {
    sharpness: sharpness(red, width, height),
    brightness: mean(red),
    warmth: Math.log2(Math.max(mean(green), 1) / Math.max(mean(blue), 1)),
    burnt: red.filter((value) => value >= 250).length / red.length,
    brightest: light.at(-Math.ceil(red.length / 50)),
  };
}

function channel({ data, width, height }, which) {
  const values = new Uint8Array(width * height);
  for (let at = 0; at < values.length; at += 1) values[at] = data[4 * at + which];
  return values;
}

// Every line of `length` px as `count` means of whole pixels. Lines become columns: done twice, both ways are shrunk.
function squeezed(values, length, count) {
  const lines = values.length / length;
  const turned = new Uint8Array(lines * count);
  for (let n = 0; n < count; n += 1) {
    const [from, to] = [n, n + 1].map((edge) => Math.floor(edge * length / count + 0.5));
    for (let line = 0; line < lines; line += 1) {
      let sum = 0;
      for (let at = from; at < to; at += 1) sum += values[line * length + at];
      turned[n * lines + line] = Math.round(sum / (to - from));
    }
  }
  return turned;
}

// Fine detail over coarse, along the direction with less of it.
function sharpness(red, width, height) {
  const [fine, coarse] = [{ red, width, height }, reduced(red, width, height)];
  return Math.min(...["across", "down"].map((way) => bend(fine, way) / Math.max(bend(coarse, way), 0.02)));
}

function reduced(red, width, height) {
  const small = new Float32Array(red.length / COARSE ** 2);
  red.forEach((value, at) => {
    small[Math.floor(at / width / COARSE) * (width / COARSE) + Math.floor(at % width / COARSE)] += value;
  });
  return { red: small.map((sum) => Math.round(sum / COARSE ** 2)), width: width / COARSE, height: height / COARSE };
}

// How far a pixel is from going on as its neighbours on both sides do, on average.
function bend({ red, width, height }, way) {
  const step = way === "across" ? 1 : width;
  let sum = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      sum += Math.abs(Math.max(-128, Math.min(127, red[at - step] - 2 * red[at] + red[at + step])));
    }
  }
  return sum / (width - 2) / (height - 2);
}

// What to change first, a key of the page's hints, or "": as likeness.hint does it.
export function hint(one, limits, beside) {
  if (!one) return "";
  const wrong = alone(one, limits);
  if (!wrong.length && beside && !alone(beside, limits).length) wrong.push(...against(one, beside, limits));
  return wrong[0] ?? "";
}

function alone(one, limits) {
  return named({
    dark: one.brightest < limits.dark,
    yellow: one.warmth > limits.yellow,
    bright: one.burnt > limits.burnt,
    blue: one.warmth < limits.blue,
    blurred: one.sharpness < limits.blurred,
  });
}

function against(one, other, limits) {
  const exposure = ({ brightness, warmth }) => {
    const red = Math.min(Math.max(brightness, 1) * 2 ** (-limits.blood * warmth), 255);
    return red / (255 + limits.shoulder - red);
  };
  const brighter = exposure(one) / exposure(other);
  const warmer = one.warmth - other.warmth;
  return named({
    dark: brighter < 1 / limits.light,
    yellow: warmer > limits.warmth,
    bright: brighter > limits.light || one.burnt - other.burnt > limits.burnt,
    blue: warmer < -limits.warmth,
    blurred: one.sharpness * limits.sharpness < other.sharpness,
  });
}

function named(wrong) {
  return Object.keys(wrong).filter((code) => wrong[code]);
}
