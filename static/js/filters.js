// Ticking a box shows its results at once; focus, open groups, scroll and words typed stay as they were.
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
  if (kept.focus) form.querySelector(kept.focus)?.focus({ preventScroll: true });
  window.scrollTo({ top: kept.top, behavior: "instant" });
};

const submit = (ticked) => {
  const isElsewhere = document.activeElement !== document.body; // some browsers do not focus a box that is pressed
  const input = isElsewhere ? document.activeElement : ticked;
  const kept = {
    path: location.pathname,
    open: folds().map((fold) => fold.open),
    focus: input.matches("form[data-facets] input") ? name(input) : null,
    top: window.scrollY,
  };
  sessionStorage.setItem(KEY, JSON.stringify(kept));
  form.requestSubmit();
};

// Either form sends what the other holds, so that words typed and boxes ticked go with whatever is sent first.
const exchange = () => {
  form.addEventListener("formdata", ({ formData }) => {
    formData.set("q", search.elements.q.value.trim());
    for (const [name, value] of [...formData]) if (!value) formData.delete(name);
  });
  search.addEventListener("formdata", ({ formData }) => {
    const chosen = [...new FormData(form)];
    for (const { name } of [search.elements.q, ...form.elements]) formData.delete(name);
    for (const [name, value] of chosen) formData.append(name, value);
  });
};

if (form) {
  let timer, ticked;
  const stop = () => clearTimeout(timer);
  const wait = () => {
    stop();
    timer = setTimeout(submit, WAIT, ticked);
  };
  restore();
  exchange();
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[type=checkbox], [type=radio]")) return;
    ticked = event.target;
    wait();
  });
  // Nothing moves under the hands of somebody who types
  search.addEventListener("focusin", stop);
  search.addEventListener("focusout", ({ relatedTarget }) => ticked && !search.contains(relatedTarget) && wait());
  window.addEventListener("beforeunload", stop); // whoever follows a link means the link
  // A page that the browser kept whole shows again what its address says; autocomplete="off" sees to the others.
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    [form, search].forEach((one) => one.reset());
    ticked = null;
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
