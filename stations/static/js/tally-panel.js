// How the sending goes, under the tablet's bar: a calm line while all is well, and what to do when it is not.

/** @param {HTMLElement} page @param {{queue: object, sender: object, words: DOMStringMap, notice: string, label: (key: string) => string, drop: (id: string) => void}} how */
export function showSync(page, { queue, sender, words, notice, label, drop }) {
  const [waiting, refused] = [queue.pending().length, queue.refused()];
  const state = !sender.open ? "closed" : refused.length ? "failed" : waiting ? "waiting" : "sent";
  const chip = page.querySelector("[data-sync]");
  chip.className = `mt-sync mt-sync--${state}`;
  const counted = (text) => text.replace("{n}", waiting);
  const time = sender.sentAt ? clock(sender.sentAt) : "";
  say(chip.querySelector("[data-sync-text]"), {
    closed: waiting ? counted(words.unsent) : words.closedChip,
    failed: words.failed,
    waiting: counted(words.waiting),
    sent: words.sent.replace("{time}", time).trim(),
  }[state]);
  const trouble = troubles({ queue, sender, waiting, refused, notice, words }).map(counted);
  const panel = page.querySelector("[data-sync-panel]");
  panel.classList.toggle("mt-sync-panel--loud", trouble.length > 0);
  say(panel.querySelector("[data-sync-note]"), trouble.join(" ") || words.calm);
  panel.querySelector("[data-sync-record]").hidden = sender.open;
  const again = panel.querySelector("[data-sync-now]");
  again.hidden = !refused.length && !(waiting && (sender.offline || sender.signedOut));
  again.textContent = refused.length ? words.together : words.now;
  showRefused(panel, refused, label, drop);
}

/** What the people at the door have to know, the gravest first. */
function troubles({ queue, sender, waiting, refused, notice, words }) {
  return [
    notice,
    !sender.open && words.closed,
    !sender.open && waiting && words.closedWaiting,
    !queue.lasting && words.noStore,
    queue.held().length && words.held,
    refused.length && words.refused,
    sender.signedOut && words.signedOut,
    sender.offline && queue.lasting && words.offline,
    sender.clock && words.clock.replace("{off}", sender.clock),
  ].filter(Boolean);
}

// Written only when it changes: it is spoken each time.
function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function showRefused(panel, refused, label, drop) {
  const template = panel.querySelector("[data-sync-refused-row]");
  const rows = refused.map((event) => {
    const row = template.content.cloneNode(true);
    const change = event.undo ? "↩" : `${event.delta > 0 ? "+" : "−"}${Math.abs(event.delta)}`;
    const what = `${clock(new Date(event.at))} ${label(event.key)} ${change}`;
    row.querySelector("[data-what]").textContent = `${what} — ${event.problem}`;
    row.querySelector("[data-drop]").addEventListener("click", () => drop(event.id, what));
    return row;
  });
  panel.querySelector("[data-sync-refused]").replaceChildren(...rows);
}

/** A touch that the server refused is gone for good once it is dropped: ask, and say which one it is. */
export function askBeforeDropping(page, drop) {
  const dialog = page.querySelector("[data-drop-dialog]");
  return (id, what) => {
    dialog.querySelector("[data-what]").textContent = what;
    dialog.onclose = () => { if (dialog.returnValue === "drop") drop(id); };
    dialog.returnValue = "";
    dialog.showModal();
  };
}

/** 14:05, as the clock on the wall of the station shows it. */
export function clock(at) {
  return at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Tokyo" });
}
