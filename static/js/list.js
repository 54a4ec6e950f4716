// "My list" is one cookie of programme numbers. Links a[data-list-remove], to ?add=12, lead to a page that adds
// without script; here they become toggles. Nothing is sent to the server.
const COOKIE = "skupaj_list";
const MOST = 50;
const AGE = 180 * 24 * 60 * 60;

// What scripts have to say aloud: who has none needs no place for it.
const live = document.body.appendChild(document.createElement("p"));
live.className = "visually-hidden";
live.setAttribute("aria-live", "polite");
live.dataset.live = "";

const read = () => {
  const found = document.cookie.match(/(?:^|; )skupaj_list=([^;]*)/);
  // A cookie the server has set may be quoted, its commas escaped as \054
  const ids = found ? found[1].replaceAll("\\054", ",").replaceAll('"', "").split(",") : [];
  return ids.filter((id) => /^\d+$/.test(id));
};

const write = (ids) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = ids.length ? AGE : 0;
  document.cookie = `${COOKIE}=${ids.join(",")}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
};

const links = () => document.querySelectorAll("a[data-list-remove]");
const number = (link) => new URLSearchParams(link.search).get("add");
const words = (link) => link.querySelector("[data-label]") ?? link;
const label = (link, on) => (on ? link.dataset.listRemove : link.dataset.listAdd);

const show = () => {
  const ids = read();
  for (const link of links()) {
    const on = ids.includes(number(link));
    link.setAttribute("aria-pressed", String(on));
    words(link).textContent = label(link, on);
  }
  for (const count of document.querySelectorAll("[data-list-count]")) {
    count.textContent = ids.length;
  }
};

const toggle = (event) => {
  const link = event.target.closest("a[data-list-remove]");
  if (!link || (event.type === "keydown" && event.key !== " ")) return;
  if (event.type === "click" && (event.metaKey || event.ctrlKey || event.shiftKey)) return;
  const id = number(link);
  const ids = read();
  const on = ids.includes(id);
  if (!on && ids.length >= MOST) return; // the page behind the link says that the list is full
  event.preventDefault();
  write(on ? ids.filter((other) => other !== id) : [...ids, id]);
  show();
  live.textContent = label(link, !on);
};

if (navigator.cookieEnabled) {
  for (const link of links()) {
    link.setAttribute("role", "button");
    link.dataset.listAdd = words(link).textContent;
  }
  document.addEventListener("click", toggle);
  document.addEventListener("keydown", toggle);
  window.addEventListener("pageshow", show);
}
