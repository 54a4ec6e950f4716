// Arrow keys lead from cell to cell of a table of links; Home and End to the ends of a row. Tab works as ever.
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

for (const table of document.querySelectorAll("table[data-arrows]")) {
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = cell.parentElement;
    let next;
    if (event.key in STEPS) {
      const [down, right] = STEPS[event.key];
      next = table.rows[row.rowIndex + down]?.cells[cell.cellIndex + right];
    } else if (event.key === "Home") next = row.cells[1];
    else if (event.key === "End") next = row.cells[row.cells.length - 1];
    const link = next?.querySelector("a");
    if (!link) return;
    event.preventDefault();
    link.focus();
  });
}
