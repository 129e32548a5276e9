// Elements of the page, made by hand: what anybody typed only ever becomes text.

/** h("p", {class: "x", onclick: act}, "text", element, …); attributes that are null or false are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== false));
  return element;
}

/** Written only when it changes: a live region is spoken each time. */
export function say(place, text) {
  if (place.textContent !== String(text)) place.textContent = text;
}

/** 14:05, as the clock on the wall of the station shows it. */
export function clock(at) {
  return new Date(at).toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Tokyo" });
}

/** 11月30日（月） of an ISO date. */
export function day(on) {
  return new Date(`${on}T00:00:00Z`).toLocaleDateString("ja-JP", { month: "long", day: "numeric", weekday: "short", timeZone: "UTC" }).replace("(", "（").replace(")", "）");
}

/** 2026-11-30: the date in Matsudo now. */
export function today(now = new Date()) {
  return now.toLocaleDateString("sv-SE", { timeZone: "Asia/Tokyo" });
}

/** A dialog that is shown at once and goes away when it is closed; resolves with its value. */
export function asked(heading, build) {
  return new Promise((resolve) => {
    const title = h("h2", { id: "dialog-heading", tabindex: "-1" }, heading);
    const dialog = h("dialog", { class: "ta-dialog", "aria-labelledby": "dialog-heading" });
    const close = (value) => { dialog.close(); resolve(value); };
    dialog.append(title, build(close));
    dialog.addEventListener("cancel", () => resolve(undefined));
    dialog.addEventListener("close", () => { dialog.remove(); resolve(undefined); });
    document.body.append(dialog);
    dialog.showModal();
    if (!dialog.querySelector("[autofocus]")) title.focus();
  });
}

/** Hand a file to the reader. */
export function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
