// Plays the photos of a strip one after another, when asked to. Without this file the strip is there to scroll.

const PAUSE = 1000; // ms a photo is shown
const size = navigator.connection?.saveData ? "small" : "large";

for (const film of document.querySelectorAll("[data-film]")) start(film);

function start(film) {
  const shots = [...film.querySelectorAll("[data-large]")];
  const player = film.querySelector("[data-player]");
  const frame = player.querySelector(".frame");
  const told = player.querySelector("[data-told]");
  const warned = player.querySelector("[data-warned]");
  const range = player.querySelector("input");
  const play = player.querySelector("[data-play]");
  const pictures = [];
  let at = 0, timer = null, wanted = 0;

  // A picture is fetched once; a clinic's browser keeps none of them otherwise.
  function picture(number) {
    const shot = shots[number];
    if (!shot || pictures[number]) return pictures[number];
    const small = shot.querySelector("img"), image = small.cloneNode();
    image.loading = "eager";
    image.src = shot.dataset[size];
    pictures[number] = image;
    return image;
  }

  async function show(number) {
    const asked = ++wanted;
    at = number;
    range.value = number + 1;
    const image = picture(number);
    await image.decode().catch(() => {}); // one that does not come leaves its words
    if (asked !== wanted) return;
    paint(image, number);
    picture(number + 1);
    if (timer !== null) timer = setTimeout(step, PAUSE);
  }

  // A frame that was taken otherwise says so as long as it is seen: a film of light is no film of skin.
  function paint(image, number) {
    const { told: words, warning = "" } = shots[number].dataset;
    frame.replaceChildren(image);
    told.textContent = words;
    warned.textContent = warning;
    warned.parentElement.hidden = !warning;
    player.toggleAttribute("data-differs", Boolean(warning));
    range.setAttribute("aria-valuetext", [words, warning].filter(Boolean).join(" · "));
  }

  function step() {
    if (at + 1 < shots.length) show(at + 1);
    else pause();
  }

  function begin() {
    told.parentElement.setAttribute("aria-live", "off"); // a film is not read aloud line by line
    play.textContent = play.dataset.pause;
    timer = 0;
    show(at + 1 < shots.length ? at : 0);
  }

  function pause() {
    clearTimeout(timer);
    timer = null;
    told.parentElement.removeAttribute("aria-live");
    play.textContent = play.dataset.play;
  }

  function turn(number) {
    pause();
    show(Math.min(Math.max(number, 0), shots.length - 1));
  }

  play.addEventListener("click", () => (timer === null ? begin() : pause()));
  range.addEventListener("input", () => turn(Number(range.value) - 1));
  player.querySelectorAll("[data-step]").forEach((button) => {
    button.addEventListener("click", () => turn(at + Number(button.dataset.step)));
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) pause(); });

  // The first one small, until somebody wants more.
  player.hidden = false;
  const first = shots[0].querySelector("img").cloneNode();
  first.src = shots[0].dataset.small;
  paint(first, 0);
}
