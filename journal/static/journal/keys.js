// Single keys for people who work without a mouse. Whatever a key does is a button or a link of the page too.
//
//   keys({ j: next })          what only moves or opens, by the key's own name (KeyboardEvent.key)
//   savingKeys({ a: seen })    what saves, or chooses what is saved
//   settled.then(begin)        when the page has come to rest: before, the browser may still move the focus
//
// A function that answers false leaves the key to the browser. No key is taken while somebody types or a dialog is
// open, with Ctrl, Alt or Meta, or once they were switched off (WCAG 2.1.4); one that is held down only moves. The
// dialog that lists them, templates/clinic/_keys.html, is opened by "?" and by its button.

const OFF = "keys-off";
const REPEATED = "jk";
const READ_MS = 700; // nobody has read a page sooner: a key that saves was then meant for the page before
const root = document.documentElement;

// An address that ends in "#part" gives that part the focus with the first frame after loading.
export const settled = new Promise((resolve) => {
  const rest = () => requestAnimationFrame(() => setTimeout(resolve));
  if (document.readyState === "complete") rest();
  else addEventListener("load", rest);
});

settled.then(() => {
  root.dataset.keys = "moving";
  setTimeout(() => { root.dataset.keys = "all"; }, READ_MS);
});

export function keys(map) {
  listen(map, () => Boolean(root.dataset.keys));
}

export function savingKeys(map) {
  listen(map, () => root.dataset.keys === "all");
}

function listen(map, isTime) {
  document.addEventListener("keydown", (event) => {
    if (!Object.hasOwn(map, event.key) || !isTime() || !isFree(event)) return;
    if (event.repeat && !REPEATED.includes(event.key)) return;
    if (map[event.key](event) !== false) event.preventDefault();
  });
}

// Held down, Enter saves once.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.repeat && event.target.matches("input, button")) event.preventDefault();
});

export function areOn() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch { // the browser keeps nothing
    return true;
  }
}

function isFree(event) {
  const held = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
  return areOn() && !held && !isTyping(event.target) && !document.querySelector("dialog[open]");
}

// A tick, a choice or a button takes no letters.
function isTyping(target) {
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input") && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

function remember(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch { /* only this page knows then */ }
  tell();
}

// Hints of keys stand beside what they press, for those who use them.
function tell() {
  document.body.classList.toggle("with-keys", areOn());
}

const help = document.querySelector("dialog[data-keys]");
if (help) {
  const opener = document.querySelector("[data-keys-open]");
  const turned = help.querySelector("[data-keys-on]");
  const open = () => {
    turned.checked = areOn();
    help.showModal();
  };
  opener.hidden = false;
  opener.addEventListener("click", open);
  help.querySelector("[data-keys-close]").addEventListener("click", () => help.close());
  turned.addEventListener("change", () => remember(turned.checked));
  keys({ "?": open });
}
tell();
