// Ticking a box shows its results at once; focus, open groups and scroll stay where they were.
const form = document.querySelector("form[data-facets]");
const search = document.querySelector("main form[role=search]");
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
  // A page that the browser kept whole shows again what its address says; autocomplete="off" sees to the others.
  window.addEventListener("pageshow", ({ persisted }) => persisted && [form, search].forEach((one) => one.reset()));
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
