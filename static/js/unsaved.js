// Whoever leaves a page on which they typed something and did not send it is asked by the browser first.
let typedIn = null;
const ask = (event) => event.preventDefault();

document.addEventListener("input", ({ target }) => {
  if (typedIn || target.form?.method !== "post") return;
  typedIn = target.form;
  window.addEventListener("beforeunload", ask);
});

document.addEventListener("submit", ({ target, submitter }) => {
  // A preview in a new tab sends nothing to be kept, and neither does another form of the page.
  if (target !== typedIn || submitter?.formTarget === "_blank") return;
  typedIn = null;
  window.removeEventListener("beforeunload", ask);
});
