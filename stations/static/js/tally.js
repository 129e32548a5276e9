// The tablet's page: every touch is stored and shown at once, and sent when the network allows.
import { guardLeaving } from "./tally-leave.js";
import { clock, showSync } from "./tally-panel.js";
import { liveEntries, TallyQueue } from "./tally-queue.js";
import { attended, pageToken, renewToken, Sender } from "./tally-sync.js";

const FLASH_MS = 150;
const ASK_MS = 15_000;

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
    form.classList.toggle("mt-stopped", !sender.open);
    for (const button of form.querySelectorAll("button[name=act]")) button.setAttribute("aria-disabled", String(!sender.open));
    showEntries();
    showSync(page, { queue, sender, words, notice, label, drop: (id) => { queue.remove(id); show(); } });
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
    if (sender.open) touch(event.submitter.value);
    else page.querySelector("[data-sync-panel]").scrollIntoView({ block: "center" }); // which says why nothing is counted
  });
  page.querySelector("[data-sync-now]").addEventListener("click", () => { queue.again(); show(); sender.flush(); });
  window.addEventListener("storage", show); // another tab of this device counted or sent
  navigator.storage?.persist?.().catch(() => {});
  guardLeaving({
    unsent: () => queue.pending().length > 0,
    stay() {
      sender.offline = true;
      show();
      page.querySelector("[data-sync-panel]").scrollIntoView({ block: "center" });
    },
  });

  show();
  // The page may have been drawn just before the last touches of the page before it arrived.
  sender.flush().then(() => sender.ask());
  sender.keepTrying();
  keepAsking(sender);
}

/** So that two tablets at two doors read the same totals. */
function keepAsking(sender) {
  const ask = () => { if (!document.hidden && attended()) sender.ask(); };
  document.addEventListener("visibilitychange", ask);
  // Before the page itself notices the touch: who comes back to it sees at once how the counts stand.
  document.addEventListener("pointerdown", () => { if (!attended() && !document.hidden) sender.ask(); }, { capture: true });
  setInterval(ask, ASK_MS);
}

const page = document.querySelector("[data-tally-page]");
if (page) start(page);
