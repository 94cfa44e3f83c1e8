// Going through the inbox by single keys: j and k move from line to line, the others press what the line holds.
// Without this file every line is reached by Tab, and each action is there as a button or a link.
import { areOn, keys, savingKeys, settled } from "./keys.js";

const PLACE = "inbox-line"; // how far down which list somebody was, for when it is shown again
const lines = [...document.querySelectorAll("[data-lines] > article, [data-lines] > tbody > tr")];
const list = document.querySelector("[data-place]").getAttribute("href");

const main = (line) => line.querySelector("[data-open]") ?? line.querySelector("a");
const current = () => lines.findIndex((line) => line.contains(document.activeElement));

function go(number) {
  const line = lines[Math.min(Math.max(number, 0), lines.length - 1)];
  if (!line) return;
  main(line)?.focus();
  line.scrollIntoView({ block: "nearest" });
}

// What stands on the line in hand, or else on the page once for all lines.
function press(act) {
  const wanted = `[data-act="${act}"]`;
  const found = lines[current()]?.querySelector(wanted) ?? document.querySelector(`${wanted}:not([data-lines] *)`);
  found?.click();
  return Boolean(found);
}

// A call is closed in its own line, where the form is folded away.
function unfold() {
  const form = lines[current()]?.closest("article")?.querySelector("details");
  if (!form) return false;
  form.open = true;
  form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

const chips = [...document.querySelectorAll(".filters a")];

keys({
  j: () => go(current() + 1),
  k: () => go(current() - 1),
  o: () => main(lines[current()] ?? lines[0])?.click(),
  c: () => press("c") || unfold(),
  r: () => press("r"),
  ...Object.fromEntries(chips.map((chip, place) => [place + 1, () => chip.click()])),
});
savingKeys({
  a: () => press("a"),
  m: () => press("m"),
  x: () => lines[current()]?.querySelector("[data-tick]")?.click(),
});

// A line that was dealt with may be gone when the list comes back: then the one that has taken its place is meant.
addEventListener("submit", () => {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify({ list, number: current() }));
  } catch { /* nothing is kept, so it begins at the top */ }
});

// Read once: what was done elsewhere in between has changed the list.
function remembered() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PLACE));
    sessionStorage.removeItem(PLACE);
    return kept?.list === list ? kept.number : 0;
  } catch {
    return 0;
  }
}

// The list begins in hand where there is a keyboard to go on with, unless a form came back with something to read.
function begin() {
  const kept = remembered();
  const named = document.getElementById(location.hash.slice(1));
  const meant = named ? lines.findIndex((line) => line.contains(named)) : -1;
  const number = meant === -1 ? kept : meant;
  const free = [document.body, named].includes(document.activeElement) && !document.querySelector(".errors");
  if (!free || !areOn() || !matchMedia("(any-pointer: fine)").matches) return;
  if (number > 0) go(number);
  else if (lines.length) main(lines[0])?.focus({ preventScroll: true }); // the head of the page stays in sight
}

// Only what has been on the screen is ticked for all: nobody has looked at the rest.
const all = document.querySelector("[data-tick-all]");
if (all) {
  const inView = new Set();
  const watch = new IntersectionObserver((changes) => {
    changes.filter((one) => one.isIntersecting).forEach((one) => inView.add(one.target));
  }, { threshold: 0.95 });
  lines.forEach((line) => watch.observe(line));
  for (const part of [all, document.querySelector("[data-tick-note]")]) part.hidden = false;
  all.addEventListener("click", () => {
    inView.forEach((line) => line.querySelectorAll("[data-tick]").forEach((tick) => { tick.checked = true; }));
  });
}

settled.then(begin);
