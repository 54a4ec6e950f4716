// Suggestions under a search field while somebody types: an ARIA combobox. Without script the form just searches.
const WAIT = 150; // milliseconds without a key

const enhance = (form) => {
  const input = form.querySelector("[name=q]");
  const box = input.closest(".search").appendChild(document.createElement("div"));
  let timer, asking, place;
  const options = () => [...box.querySelectorAll("[role=option]")];
  const set = (name, value) => (value ? input.setAttribute(name, value) : input.removeAttribute(name));
  const choose = (next) => {
    place = next;
    options().forEach((option, index) => option.setAttribute("aria-selected", String(index === place)));
    options()[place]?.scrollIntoView({ block: "nearest" });
    set("aria-activedescendant", options()[place]?.id);
  };
  const show = (html) => {
    // Nothing else is let in: in a strange network any address may answer with a page to sign in.
    const list = new DOMParser().parseFromString(html, "text/html").querySelector("[role=listbox][data-announce]");
    const live = document.querySelector("[data-live]");
    if (live && (list || box.firstElementChild)) live.textContent = list?.dataset.announce ?? "";
    box.replaceChildren(...(list ? [list] : []));
    set("aria-expanded", String(Boolean(list)));
    set("aria-controls", list?.id);
    choose(-1);
  };
  const close = () => (clearTimeout(timer), asking?.abort(), show(""));
  const ask = async () => {
    asking?.abort();
    const { signal } = (asking = new AbortController());
    const query = new URLSearchParams({ q: input.value.trim().toLowerCase() });
    const answer = await fetch(`${form.dataset.suggest}?${query}`, { signal }).catch(() => null);
    const html = answer?.ok ? await answer.text().catch(() => "") : "";
    if (!signal.aborted && document.activeElement === input) show(html);
  };
  // The browser keeps no words of a field without its own suggestions, so Back would find it empty. On the list it
  // holds what the address says.
  const isElsewhere = new URL(form.action).pathname !== location.pathname;
  const keep = () => isElsewhere && history.replaceState({ ...history.state, [form.ariaLabel]: input.value }, "");
  if (isElsewhere) input.value ||= history.state?.[form.ariaLabel] ?? "";
  const go = (option) => {
    if (!option) return;
    keep();
    const to = new URL(option.dataset.address, location);
    const said = new Set(["q", ...to.searchParams.keys()]); // the words were on their way to the option
    if (to.pathname === location.pathname)
      for (const [name, value] of new FormData(form)) if (!said.has(name)) to.searchParams.append(name, value);
    location.assign(to);
  };
  const press = (event) => {
    const last = options().length - 1;
    const moves = { ArrowDown: place < last ? place + 1 : -1, ArrowUp: place < 0 ? last : place - 1 };
    if (place >= 0) Object.assign(moves, { Home: 0, End: last }); // else these two move in the text
    if (last < 0 && event.key === "ArrowDown") later();
    if (last < 0 || event.isComposing) return;
    if (event.key in moves) choose(moves[event.key]);
    else if (event.key === "Enter" && place >= 0) go(options()[place]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation(); // the menu around the field stays open
  };
  const typed = () => (choose(-1), later()); // Enter searches for what was typed, not for what was chosen before
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (input.value.trim().length > 1 ? ask() : close()), WAIT);
  };
  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" }).forEach((pair) => set(...pair));
  Object.entries({ keydown: press, blur: close, input: typed, change: keep }).forEach((pair) => input.addEventListener(...pair));
  box.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  box.addEventListener("click", (event) => go(event.target.closest("[role=option]")));
};

document.querySelectorAll("form[data-suggest]").forEach(enhance);
