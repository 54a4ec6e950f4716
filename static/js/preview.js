// Beside the form, as residents will see it: the server renders what stands in the form, saved or not.
const form = document.querySelector("[data-preview]");
const here = document.querySelector("[data-preview-here]");
const wide = window.matchMedia("(min-width: 64em)");
const PAUSE = 900;
let waiting = 0;
let latest = 0;

async function refresh() {
  const number = (latest += 1);
  let html;
  try {
    const response = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
    if (!response.ok || response.redirected) return;
    html = await response.text();
  } catch {
    return; // without a connection the old preview stays
  }
  if (number !== latest) return;
  const page = new DOMParser().parseFromString(html, "text/html");
  const part = page.querySelector("[data-preview-part]");
  const missing = page.querySelector("[data-completeness]");
  if (!part || !missing) return;
  for (const element of part.querySelectorAll("[id], [aria-labelledby]")) {
    element.removeAttribute("id");
    element.removeAttribute("aria-labelledby");
  }
  document.querySelector("[data-completeness]").replaceWith(document.adoptNode(missing));
  here.replaceChildren(document.adoptNode(part));
  here.hidden = !wide.matches;
}

if (form && here) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, PAUSE);
  });
  if (wide.matches) refresh();
}
