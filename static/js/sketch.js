// Where a window shows a part of a sketch, it begins where the reader is, else at the first place.
for (const pane of document.querySelectorAll(".map__pane")) {
  const centre = () => {
    const box = (pane.querySelector(".map__here") ?? pane.querySelector(".map__dot")).getBoundingClientRect();
    const { left, width } = pane.getBoundingClientRect();
    pane.scrollLeft += box.left + box.width / 2 - left - width / 2;
  };
  pane.closest("details")?.addEventListener("toggle", centre, { once: true });
}
