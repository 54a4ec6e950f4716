// Ticking a box shows its results at once; focus, open groups, scroll and words typed stay as they were.
const form = document.querySelector("form[data-facets]");
const search = document.querySelector("main form[role=search]");
const KEY = "skupaj-facets";
const WAIT = 500; // milliseconds: time to tick a second box
const LOADED = 500; // milliseconds: what changes while a page is still being built is not read out
// Narrower the boxes are folded and cover the results: there the button, or closing the fold, shows what was ticked.
const wide = matchMedia("(min-width: 60em)");

const name = (input) => `form[data-facets] [name="${CSS.escape(input.name)}"][value="${CSS.escape(input.value)}"]`;
const folds = () => [...form.querySelectorAll("details")];

const restore = () => {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  if (kept?.path !== location.pathname) return;
  folds().forEach((fold, index) => {
    fold.open = kept.open[index] ?? fold.open;
  });
  const stops = document.querySelectorAll(kept.focus ?? "_");
  const count = document.querySelector("#count");
  const same = [...stops].find((stop) => stop.textContent.trim() === kept.words);
  const stop = kept.focus && (same ?? stops[Math.min(kept.which, stops.length - 1)] ?? count);
  stop?.focus({ preventScroll: true });
  window.scrollTo({ top: kept.top, behavior: "instant" });
  stop?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  setTimeout(() => {
    document.querySelector("[data-live]").textContent = count.textContent;
  }, LOADED);
};

const keep = (element, focus, which) => {
  const open = folds().map((fold) => fold.open);
  const words = element.textContent.trim();
  const kept = { path: location.pathname, open, focus, which, words, top: window.scrollY };
  sessionStorage.setItem(KEY, JSON.stringify(kept));
};

const submit = (ticked) => {
  const { activeElement, body } = document;
  const element = activeElement === body ? ticked : activeElement; // some browsers do not focus a box that is pressed
  const fold = folds().indexOf(element.parentElement);
  if (element.matches("form[data-facets] input")) keep(element, name(element), 0);
  else keep(element, fold < 0 ? null : "form[data-facets] summary", fold);
  form.requestSubmit();
};

// A chip that is taken away leaves the focus to the next one, the last of them to the number of results.
const CHIPS = [".chips--row .chip", ".results .chip--remove"];
const chipIsPressed = (event) => {
  const link = event.target.closest("main .chips a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const chips = CHIPS.find((selector) => link.matches(selector)) ?? CHIPS[1];
  keep(link, chips, [...document.querySelectorAll(chips)].indexOf(link));
  // Words not yet sent go along, where the chip is not about the words
  const to = new URL(link.href);
  const { value, defaultValue } = search.elements.q;
  if (!link.matches(".chip") || (to.searchParams.get("q") ?? "") !== defaultValue) return;
  if (value.trim()) to.searchParams.set("q", value.trim());
  else to.searchParams.delete("q");
  link.href = to;
};

// Either form sends what the other holds, so that words typed and boxes ticked go with whatever is sent first.
const exchange = () => {
  form.addEventListener("formdata", ({ formData }) => {
    formData.set("q", search.elements.q.value.trim());
    for (const [name, value] of [...formData]) if (!value) formData.delete(name);
  });
  search.addEventListener("formdata", ({ formData }) => {
    const chosen = [...new FormData(form)];
    for (const name of ["q", "lat", "lon", ...[...form.elements].map((one) => one.name)]) formData.delete(name);
    for (const [name, value] of chosen) formData.append(name, value);
  });
};

if (form) {
  let timer, ticked;
  const stop = () => clearTimeout(timer);
  const wait = () => {
    stop();
    if (wide.matches) timer = setTimeout(submit, WAIT, ticked);
  };
  restore();
  exchange();
  document.addEventListener("click", chipIsPressed);
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[type=checkbox], [type=radio]")) return;
    ticked = event.target;
    wait();
  });
  const all = form.querySelector(".facets__all");
  all.addEventListener("toggle", () => ticked && !all.open && submit(ticked));
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

// "Use my position": asked for only on a press, rounded to about 100 metres, sent with the form it stands in.
const round = (degrees) => degrees.toFixed(3);
const button = form?.querySelector("[data-near]");

if (button && "geolocation" in navigator) {
  const error = form.querySelector(".near-error");
  // Not `disabled`: that would take the focus away from whoever waits at it
  const asks = (yes) => button.setAttribute("aria-disabled", String(yes));
  const fail = () => {
    asks(false);
    if (error) error.textContent = button.dataset.error;
  };
  const found = ({ coords }) => {
    asks(false);
    for (const [key, value] of [["lat", coords.latitude], ["lon", coords.longitude]]) {
      const input = form.elements[key] ?? form.appendChild(document.createElement("input"));
      Object.assign(input, { type: "hidden", name: key, value: round(value) });
    }
    if (form.elements.near) form.elements.near.value = "";
    form.requestSubmit();
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (button.ariaDisabled === "true") return;
    asks(true);
    if (error) error.textContent = "";
    navigator.geolocation.getCurrentPosition(found, fail, { timeout: 10000, maximumAge: 600000 });
  });
}
