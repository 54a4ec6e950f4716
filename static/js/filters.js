// Ticking a box shows its results at once; focus, open groups and scroll stay where they were.
const form = document.querySelector("form[data-facets]");
const KEY = "skupaj-facets";
const WAIT = 500; // milliseconds: time to tick a second box

const name = (input) => `[name="${CSS.escape(input.name)}"][value="${CSS.escape(input.value)}"]`;
const folds = () => [...form.querySelectorAll("details")];

const restore = () => {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  if (kept?.path !== location.pathname) return;
  folds().forEach((fold, index) => {
    fold.open = kept.open[index] ?? fold.open;
  });
  form.querySelector(kept.focus)?.focus({ preventScroll: true });
  window.scrollTo({ top: kept.top, behavior: "instant" });
};

const submit = () => {
  const input = document.activeElement;
  const kept = {
    path: location.pathname,
    open: folds().map((fold) => fold.open),
    focus: input?.matches("form[data-facets] input") ? name(input) : "[type=submit]",
    top: window.scrollY,
  };
  sessionStorage.setItem(KEY, JSON.stringify(kept));
  form.requestSubmit();
};

if (form) {
  let timer;
  restore();
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[type=checkbox], [type=radio]")) return;
    clearTimeout(timer);
    timer = setTimeout(submit, WAIT);
  });
}

// Cards below the screen are laid out in idle moments, a few at a time: a fast thumb, or a picture of the whole page,
// meets no empty one.
const SOON = { timeout: 100 }; // milliseconds
const cards = [...document.querySelectorAll(".results .cards > .card")];

const layOut = () => {
  for (const card of cards.splice(0, 4)) card.classList.add("is-laid");
  if (cards.length) requestIdleCallback(layOut, SOON);
};

if (window.requestIdleCallback) layOut();

// "Use my position": asked for only on a press, rounded to about 100 metres, sent with the form it stands in.
const round = (degrees) => degrees.toFixed(3);
const button = form?.querySelector("[data-near]");

if (button && "geolocation" in navigator) {
  const error = form.querySelector(".near-error");
  const fail = () => {
    button.disabled = false;
    if (error) error.textContent = button.dataset.error;
  };
  const found = ({ coords }) => {
    for (const [key, value] of [["lat", coords.latitude], ["lon", coords.longitude]]) {
      const input = form.elements[key] ?? form.appendChild(document.createElement("input"));
      Object.assign(input, { type: "hidden", name: key, value: round(value) });
    }
    if (form.elements.near) form.elements.near.value = "";
    form.requestSubmit();
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    if (error) error.textContent = "";
    navigator.geolocation.getCurrentPosition(found, fail, { timeout: 10000, maximumAge: 600000 });
  });
}
