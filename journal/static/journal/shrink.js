// A photo small enough to send: upright, at most LONGEST px, without anything but its pixels.
export const LONGEST = 2016;
const GOAL = 400_000, MOST = 600_000; // bytes
const QUALITIES = [0.85, 0.78, 0.7, 0.62, 0.54, 0.46, 0.38];
const PATIENCE = 15_000; // ms

// The photo as it should be sent; the file itself where the browser cannot do it.
export async function shrink(file) {
  try {
    const late = new Promise((_, refuse) => { setTimeout(refuse, PATIENCE); });
    return await Promise.race([redraw(file), late]);
  } catch {
    return file;
  }
}

async function redraw(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    // An img is upright in every browser and drawn at the size asked for: no canvas of the original's size.
    await image.decode();
    const canvas = document.createElement("canvas");
    draw(canvas, image, { x: 0, y: 0, width: image.naturalWidth, height: image.naturalHeight });
    return await encode(canvas, file.name);
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

// A part of a picture onto a canvas of at most LONGEST px; never enlarged.
export function draw(canvas, picture, { x, y, width, height }, longest = LONGEST) {
  const scale = Math.min(1, longest / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  context.fillStyle = "#fff"; // what is see-through becomes white, as on the server
  context.fillRect(0, 0, canvas.width, canvas.height);
  if (context.getImageData(0, 0, 1, 1).data[1] !== 255) throw new Error("a browser that falsifies canvases");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
}

// The canvas as a JPEG file: as good as the goal allows, and never above the most.
export async function encode(canvas, name) {
  for (const quality of QUALITIES) {
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
    if (blob.size <= (quality > 0.7 ? GOAL : MOST)) return asFile(blob, name);
  }
  const smaller = document.createElement("canvas");
  draw(smaller, canvas, { x: 0, y: 0, width: canvas.width, height: canvas.height }, Math.max(canvas.width, canvas.height) * 0.75);
  return encode(smaller, name);
}

function asFile(blob, name) {
  return new File([blob], name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
}
