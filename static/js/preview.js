// Beside the form, as residents will see it: the server renders what stands in the form, saved or not.
const form = document.querySelector("[data-preview]");
const here = document.querySelector("[data-preview-here]");
const wide = window.matchMedia("(min-width: 64em)");
const PAUSE = 500; // milliseconds without a key before it asks
const AGAIN = 4000; // before it asks once more where there was no answer; longer each time, and not for ever
const OFTEN = 4;
let waiting = 0;
let isAsking = false;
let isOld = false;
let failures = 0;

function ask(pause) {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, pause);
}

// One question at a time: several would wait for each other on the server, and what each answers is shown.
async function refresh() {
  if (isAsking) {
    isOld = true;
    return;
  }
  [isAsking, isOld] = [true, false];
  const isThere = await show().catch(() => false); // without an answer the old preview stays
  isAsking = false;
  failures = isThere ? 0 : failures + 1;
  if (isOld && isThere) refresh();
  else if (!isThere && failures < OFTEN) ask(AGAIN * failures);
}

async function show() {
  const response = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
  if (response.redirected || response.status === 403) return true; // signed out: asking again changes nothing
  if (!response.ok) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const part = page.querySelector("[data-preview-part]");
  const missing = page.querySelector("[data-completeness]");
  if (!part || !missing) return true;
  for (const element of part.querySelectorAll("[id], [aria-labelledby]")) {
    element.removeAttribute("id");
    element.removeAttribute("aria-labelledby");
  }
  document.querySelector("[data-completeness]").replaceWith(document.adoptNode(missing));
  here.replaceChildren(document.adoptNode(part));
  here.hidden = !wide.matches;
  return true;
}

if (form && here) {
  form.addEventListener("input", () => ask(PAUSE));
  if (wide.matches) refresh();
}
