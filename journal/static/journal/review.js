// Keys for the page of one case. Each presses a button, follows a link or makes a choice that the page has.
import { keys, savingKeys, settled } from "./keys.js";

const OUTCOMES = "123456", USEFUL = "ynu";
const form = document.querySelector("[data-case]");

const press = (name) => () => form?.querySelector(`[name="${name}"]`)?.click();
const follow = (key) => () => document.querySelector(`a[data-key="${key}"]`)?.click();

// A choice is made and has the focus, so that Enter saves.
function pick(name, place) {
  return () => {
    const choice = form?.querySelectorAll(`input[name="${name}"]`)[place];
    if (!choice) return false;
    choice.checked = true;
    choice.focus();
    choice.scrollIntoView({ block: "nearest" });
  };
}

function close() {
  const first = form?.querySelector('[name="outcome"]');
  if (!first) return false;
  first.scrollIntoView({ block: "nearest" });
  (form.querySelector('[name="outcome"]:checked') ?? first).focus();
}

function reply() {
  const text = document.querySelector("#reply-text") ?? document.querySelector("#messages");
  if (!text) return false;
  text.scrollIntoView({ block: "center" });
  text.focus();
}

keys({ r: reply, i: follow("i"), j: follow("j"), k: follow("k") });
savingKeys({
  s: press("acknowledge"),
  a: press("acknowledge"),
  c: close,
  ...Object.fromEntries([...OUTCOMES].map((key, place) => [key, pick("outcome", place)])),
  ...Object.fromEntries([...USEFUL].map((key, place) => [key, pick("useful", place)])),
});

// Where a line of the inbox was pressed to close or to answer it. Only then, or the browser takes the focus away again.
settled.then(() => {
  if (location.hash === "#act") close();
  if (location.hash === "#messages") reply();
});
