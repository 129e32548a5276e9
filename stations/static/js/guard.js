// One press, one submission. The button is not disabled: its name and value must still be sent.
const AGAIN_MS = 8000;

export function guardAgainstDoubleSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-guard]") || event.defaultPrevented) return;
    const since = Date.now() - Number(form.dataset.sentAt ?? 0);
    if (since < AGAIN_MS) {
      event.preventDefault();
      return;
    }
    form.dataset.sentAt = String(Date.now());
    form.setAttribute("aria-busy", "true");
  });
  // Coming back with the browser's button shows the page as it was left: allow it to be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent-at]").forEach((form) => {
      delete form.dataset.sentAt;
      form.removeAttribute("aria-busy");
    });
  });
}
