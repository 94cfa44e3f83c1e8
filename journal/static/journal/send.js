// Sends the entry while its page stays: whatever the network does, answers and photos are still there.
// Without this file the browser sends the form by itself.
const PATIENCE = 60_000; // ms without a sign of life
let sending = false;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-log]")) return;
  event.preventDefault();
  if (!sending) send(form, true);
});

function send(form, renews) {
  sending = true;
  tell(form, "");
  const save = form.querySelector("[data-save]");
  const plain = save.dataset.plain ?? save.textContent;
  save.dataset.plain = plain;
  save.textContent = form.dataset.saving;
  const request = new XMLHttpRequest();
  let watch = setTimeout(() => request.abort(), PATIENCE);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    clearTimeout(watch);
    watch = setTimeout(() => request.abort(), PATIENCE);
    save.textContent = `${form.dataset.saving} ${Math.floor(100 * loaded / total)} %`;
  });
  request.addEventListener("loadend", () => {
    clearTimeout(watch);
    save.textContent = plain;
    form.dispatchEvent(new Event("photos", { bubbles: true })); // the button counts again
    answered(form, request, renews).catch(() => tell(form, "offline")).then((sent) => { sending = Boolean(sent); });
  });
  request.open("POST", form.action);
  request.setRequestHeader("Afterglow-Stay", "1");
  request.send(new FormData(form));
}

// What an answer asks for; true where the form is on its way once more.
async function answered(form, request, renews) {
  const { status } = request;
  const address = request.getResponseHeader("Location");
  if (status === 204 && address) return leave(address);
  if (status === 422) return again(request.responseText);
  const elsewhere = status === 200; // led on to the page where one signs in
  if (status === 413) return tell(form, await renewed(form) ? "too-large" : "signed-out");
  if (status !== 403 && status !== 401 && !elsewhere) return tell(form, status ? "failed" : "offline");
  if (renews && await renewed(form)) {
    send(form, false);
    return true;
  }
  tell(form, "signed-out");
}

// A form whose sign-in ended, or began anew in another tab, is sent with a new token; never into another journal.
async function renewed(form) {
  const page = await fetch(location.href, { cache: "no-store" }).then((answer) => answer.text());
  const fresh = parsed(page).querySelector("[data-log]");
  if (!fresh || fresh.dataset.whose !== form.dataset.whose) return false;
  const token = (one) => one.querySelector("[name=csrfmiddlewaretoken]");
  token(form).value = token(fresh).value;
  return true;
}

// The form that came back takes this page's place, with what has to be looked at first.
function again(page) {
  const { title, body } = parsed(page);
  document.title = title;
  document.body.replaceWith(body);
  scrollTo(0, 0);
  document.querySelector("[autofocus]")?.focus();
  document.querySelectorAll("details[data-photos][open]").forEach((part) => part.dispatchEvent(new Event("toggle")));
}

function parsed(page) {
  return new DOMParser().parseFromString(page, "text/html");
}

function leave(address) {
  keep();
  location.assign(address);
}

function tell(form, name) {
  form.querySelectorAll("[data-why]").forEach((said) => { said.hidden = said.dataset.why !== name; });
}

// Whoever goes away with something unsaved is asked once; never on the way to a phone call.
let calling = false;
const warn = (event) => { if (!calling) event.preventDefault(); };
const keep = () => removeEventListener("beforeunload", warn);
for (const type of ["change", "photos"]) {
  document.addEventListener(type, ({ target }) => { if (target.closest("[data-log]")) addEventListener("beforeunload", warn); });
}
document.addEventListener("click", ({ target }) => { calling = Boolean(target.closest("a[href^='tel:']")); }, true);
