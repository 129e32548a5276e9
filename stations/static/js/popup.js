// The menu and the language list are <details>: Escape, and a press elsewhere, close them as people expect.
const OPEN = "details.mt-popup[open], details.mt-drawer[open]";

export function closePopups() {
  document.addEventListener("click", (event) => {
    document.querySelectorAll(OPEN).forEach((popup) => {
      if (!popup.contains(event.target)) popup.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll(OPEN).forEach((popup) => {
      const inside = popup.contains(document.activeElement);
      popup.open = false;
      if (inside) popup.querySelector("summary").focus();
    });
  });
  document.addEventListener("focusin", (event) => {
    document.querySelectorAll(OPEN).forEach((popup) => {
      if (!popup.contains(event.target)) popup.open = false;
    });
  });
}
