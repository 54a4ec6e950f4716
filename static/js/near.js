// "Use my position": asked for only on a press, rounded to about 100 metres, sent with the form it stands in.
const round = (degrees) => degrees.toFixed(3);

for (const button of document.querySelectorAll("[data-near]")) {
  if (!("geolocation" in navigator) || !button.form) continue;
  const { form } = button;
  const error = form.querySelector("[data-near-error]");
  // Not `disabled`: that would take the focus away from whoever waits at it
  const asks = (yes) => button.setAttribute("aria-disabled", String(yes));
  const fail = () => {
    asks(false);
    if (error) error.textContent = button.dataset.error;
  };
  const found = ({ coords }) => {
    for (const [name, value] of [["lat", coords.latitude], ["lon", coords.longitude]]) {
      const input = form.elements[name];
      input.disabled = false;
      input.value = round(value);
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
