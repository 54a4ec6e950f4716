// Cards and places below the screen are laid out when one comes near (site.css). The rest follow three a frame, so that none
// takes long: who takes a picture of the whole page, or drags the bar at its side, finds nothing empty.
const rest = [...document.querySelectorAll(".cards > .card, .place")];

function lay() {
  for (const box of rest.splice(0, 3)) box.classList.add("is-laid");
  if (rest.length) requestAnimationFrame(lay);
}

requestAnimationFrame(lay);
