// After the slip was counted the print window opens by itself.
if (document.querySelector("[data-printed]")) {
  window.addEventListener("load", () => window.print());
}
