// Asks before a page with unsaved words is left. The browser words the question itself.
const changed = new Set();

export function warnBeforeLosing() {
  // A form that came back with errors holds words that are stored nowhere.
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    if (form.querySelector("[aria-invalid]")) changed.add(form);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (form) changed.add(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && !event.submitter?.formTarget) changed.delete(event.target);
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });
}

/** For parts that change a form without the user typing in it (a removed row). */
export function markChanged(form) {
  if (form?.matches("[data-draft]")) changed.add(form);
}
