// A form whose answer may take some seconds says so while one waits, and a second press sends nothing again.
for (const form of document.querySelectorAll("form[data-sending]")) {
  const words = form.querySelector("[data-sending-words]");
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") event.preventDefault();
    form.ariaBusy = "true";
    words.textContent = form.dataset.sending;
  });
  window.addEventListener("pageshow", () => {
    form.ariaBusy = "false";
    words.textContent = "";
  });
}
