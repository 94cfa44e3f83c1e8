// Why the server will refuse a file, as far as a browser can foresee it. Nobody is kept from sending it all the same.
const HEIC = /hei[csmx]|hev[csmx]|mif1|msf1/;
const PHOTO = /^(\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF.{4}WEBP)/s;

// A key of the page's refusals, or "".
export async function refusal(file, { most }) {
  if (!file.size) return "empty";
  if (file.size > most) return "large";
  const start = String.fromCharCode(...new Uint8Array(await file.slice(0, 64).arrayBuffer()));
  if (start.slice(4, 8) === "ftyp" && HEIC.test(start) && !/avi[fs]/.test(start)) return "heic";
  return PHOTO.test(start) ? "" : "kind";
}
