// The tablet's page: every touch is stored and shown at once, and sent when the network allows.
import { liveEntries, TallyQueue } from "./tally-queue.js";
import { pageToken, renewToken, Sender } from "./tally-sync.js";

const FLASH_MS = 150;

function start(page) {
  const { opening, url, ...words } = page.dataset;
  const queue = new TallyQueue(opening, window.localStorage);
  const form = page.querySelector("form");
  const tiles = new Map([...page.querySelectorAll("[data-tally]")].map((tile) => [tile.dataset.tally, tile]));
  const label = (key) => tiles.get(key)?.querySelector(".mt-tile__label").textContent ?? key;
  const bands = [...tiles.keys()].slice(0, 7); // six big tiles and 年代不明 are the visitors
  let counts = Object.fromEntries(
    [...tiles].map(([key, tile]) => [key, Number(tile.querySelector("[data-tally-count]").textContent)]),
  );
  let known = JSON.parse(words.last);
  let notice = "";

  const sender = new Sender(queue, {
    url,
    token: pageToken,
    renew: renewToken,
    changed(answer) {
      if (answer.counts) ({ counts, last: known } = answer);
      show();
    },
  });

  const shown = (key) => (counts[key] ?? 0) + (queue.changes()[key] ?? 0);

  function show() {
    for (const [key, tile] of tiles) tile.querySelector("[data-tally-count]").textContent = String(shown(key));
    page.querySelector("[data-tally-total]").textContent = String(bands.reduce((sum, key) => sum + shown(key), 0));
    showEntries();
    showSync();
  }

  function showEntries() {
    const list = page.querySelector("[data-last-entries]");
    const rows = liveEntries(known, queue.pending()).map(({ at, key, delta }) => {
      const row = document.createElement("li");
      const change = document.createElement("strong");
      change.textContent = `${delta > 0 ? "+" : "−"}${Math.abs(delta)}`;
      row.append(`${clock(new Date(at))} ${label(key)} `, change);
      return row;
    });
    if (!rows.length) rows.push(Object.assign(document.createElement("li"), { textContent: words.none }));
    list.replaceChildren(...rows);
  }

  function showSync() {
    const [waiting, refused] = [queue.pending().length, queue.refused()];
    const chip = page.querySelector("[data-sync]");
    const state = refused.length ? "failed" : waiting ? "waiting" : "sent";
    chip.className = `mt-sync mt-sync--${state}`;
    const text = { failed: words.failed, waiting: words.waiting.replace("{n}", waiting), sent: words.sent.replace("{time}", sender.sentAt ? clock(sender.sentAt) : "").trim() }[state];
    // Written only when it changes: it is spoken each time.
    const place = chip.querySelector("[data-sync-text]");
    if (place.textContent !== text) place.textContent = text;
    const note = notice || (sender.signedOut && waiting ? words.signedOut : "");
    page.querySelector("[data-sync-note]").textContent = note;
    page.querySelector("[data-sync-panel]").hidden = !note && !refused.length && !(waiting && sender.failedAt);
    showRefused(refused);
  }

  function showRefused(refused) {
    const template = page.querySelector("[data-sync-refused-row]");
    const rows = refused.map((event) => {
      const row = template.content.cloneNode(true);
      const change = event.undo ? "↩" : `${event.delta > 0 ? "+" : "−"}${Math.abs(event.delta)}`;
      row.querySelector("[data-what]").textContent = `${clock(new Date(event.at))} ${label(event.key)} ${change} — ${event.problem}`;
      row.querySelector("[data-again]").addEventListener("click", () => { queue.again(event.id); show(); sender.flush(); });
      row.querySelector("[data-drop]").addEventListener("click", () => { queue.remove(event.id); show(); });
      return row;
    });
    page.querySelector("[data-sync-refused]").replaceChildren(...rows);
  }

  function touch(act) {
    notice = "";
    const [sign, key] = act.split(":");
    const event = { id: crypto.randomUUID(), at: new Date().toISOString() };
    if (act === "undo") {
      const [last] = liveEntries(known, queue.pending(), 1);
      if (!last) return;
      Object.assign(event, { undo: true, undoes: last.id, key: last.key, delta: -last.delta });
    } else {
      Object.assign(event, { key, delta: sign === "plus" ? 1 : -1 });
    }
    if (shown(event.key) + event.delta < 0) notice = words.zero;
    else keep(event);
    show();
    sender.flush();
  }

  function keep(event) {
    try {
      queue.add(event);
    } catch {
      notice = words.full;
      return;
    }
    const tile = tiles.get(event.key);
    tile?.classList.add("mt-tile--counted");
    setTimeout(() => tile?.classList.remove("mt-tile--counted"), FLASH_MS);
  }

  // Before the form's own guard against double presses, which must not swallow the second of two quick touches.
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.value) return;
    event.preventDefault();
    event.stopPropagation();
    touch(event.submitter.value);
  });
  page.querySelector("[data-sync-now]").addEventListener("click", () => sender.flush());
  window.addEventListener("storage", show); // another tab of this device counted or sent
  navigator.storage?.persist?.().catch(() => {});

  show();
  sender.flush();
  sender.keepTrying();
}

function clock(at) {
  return at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });
}

const page = document.querySelector("[data-tally-page]");
if (page) start(page);
