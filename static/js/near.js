// "Use my position": asked for only on a press, rounded to about 100 metres, sent with the form it stands in.
const round = (degrees) => degrees.toFixed(3);

for (const button of document.querySelectorAll("[data-near]")) {
  if (!("geolocation" in navigator) || !button.form) continue;
  const { form } = button;
  const error = form.querySelector("[data-near-error]");
  const fail = () => {
    button.disabled = false;
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
    button.disabled = true;
    if (error) error.textContent = "";
    navigator.geolocation.getCurrentPosition(found, fail, { timeout: 10000, maximumAge: 600000 });
  });
}
