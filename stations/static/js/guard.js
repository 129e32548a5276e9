// One press, one submission. The button is not disabled: its name and value must still be sent.
const AGAIN_MS = 8000;

/**
 * The browser's Back may fetch the page again and fill in the old words: its form must keep the mark it was sent with, or
 * the words would be registered a second time. The history entry remembers it.
 */
function keepMarks() {
  const key = (field) => `${field.form.getAttribute("action") ?? ""} ${[...document.forms].indexOf(field.form)}`;
  const marks = history.state?.once ?? {};
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
    document.querySelectorAll('form input[name="once"]').forEach((field) => { field.value = marks[key(field)] ?? field.value; });
  }
  return (form) => {
    const field = form.elements.namedItem("once");
    if (field?.value) history.replaceState({ ...history.state, once: { ...history.state?.once, [key(field)]: field.value } }, "");
  };
}

export function guardAgainstDoubleSubmit() {
  const keepMark = keepMarks();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-guard]") || event.defaultPrevented || event.submitter?.formTarget) return; // a preview in another tab
    const since = Date.now() - Number(form.dataset.sentAt ?? 0);
    if (since < AGAIN_MS) {
      event.preventDefault();
      return;
    }
    form.dataset.sentAt = String(Date.now());
    keepMark(form);
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
