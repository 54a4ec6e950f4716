// The search fields of Django's forms are drawn by a script that gives them no name: they get that of their field.
let number = 0;

function words(select) {
  const cell = select.closest("td");
  const head = cell && cell.closest("table").tHead?.rows[0]?.cells[cell.cellIndex];
  const found = select.labels?.[0] || head;
  if (found && !found.id) found.id = `named-${(number += 1)}`;
  return found?.id;
}

function name() {
  for (const box of document.querySelectorAll(".select2-container")) {
    const select = box.previousElementSibling;
    const label = select?.matches("select") && words(select);
    if (!label) continue;
    const drawn = box.querySelector(".select2-selection");
    const chosen = box.querySelector(".select2-selection__rendered");
    drawn.setAttribute("aria-labelledby", chosen?.id ? `${label} ${chosen.id}` : label);
    if (chosen?.role === "textbox") chosen.setAttribute("aria-labelledby", label);
    box.querySelector(".select2-search__field")?.setAttribute("aria-labelledby", label);
  }
}

// They come when that script likes, and with every row that is added.
new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
name();
