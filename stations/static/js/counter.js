// Characters left below a field. Counts as the server does: one per code point, a line break as one.
const PAUSE_MS = 1000;
const NEAR = 0.2; // of the limit

/** @param {string} text @returns {number} */
export function length(text) {
  return [...text.replaceAll("\r\n", "\n")].length;
}

/** @param {number} limit @param {string} text @param {{left: string, over: string}} words @returns {string} */
export function message(limit, text, words) {
  const left = limit - length(text);
  return (left >= 0 ? words.left : words.over).replace("{n}", String(Math.abs(left)));
}

function watch(counter) {
  const field = document.getElementById(counter.dataset.counterFor);
  const limit = Number(field?.dataset.counter);
  const quiet = counter.dataset.counterQuiet !== undefined; // a line: only when its end is near
  if (!limit) return;
  // What is spoken follows the typing at a distance, or it would interrupt it.
  const spoken = document.createElement("span");
  spoken.className = "mt-visually-hidden";
  spoken.setAttribute("role", "status");
  counter.after(spoken);
  let timer = 0;
  const show = (speak) => {
    const text = message(limit, field.value, counter.dataset);
    counter.textContent = text;
    if (quiet) counter.hidden = limit - length(field.value) > limit * NEAR;
    counter.classList.toggle("mt-counter--over", length(field.value) > limit);
    clearTimeout(timer);
    if (speak && !counter.hidden) timer = setTimeout(() => { spoken.textContent = text; }, PAUSE_MS);
  };
  field.addEventListener("input", () => show(true));
  show(false);
}

export function watchCounters(root = document) {
  root.querySelectorAll("[data-counter-for]").forEach(watch);
}
