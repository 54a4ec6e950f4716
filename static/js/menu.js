// A menu closes on Escape and on a press outside it. Without script it is a plain <details>.
const menus = document.querySelectorAll("details.menu, .subnav__more > details");

document.addEventListener("keydown", (event) => {
  for (const menu of menus) {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
});

document.addEventListener("click", (event) => {
  for (const menu of menus) {
    if (menu.open && !menu.contains(event.target)) {
      menu.open = false;
    }
  }
});
