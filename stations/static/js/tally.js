// The tablet's page: every touch is on the disk before it is shown, and sent when the network allows.
import { guardLeaving } from "./tally-leave.js";
import { askBeforeDropping, clock, showSync } from "./tally-panel.js";
import { liveEntries, TallyQueue } from "./tally-queue.js";
import { openStore } from "./tally-store.js";
import { attended, deviceId, pageAuthor, pageToken, renewToken, Sender } from "./tally-sync.js";

const FLASH_MS = 150;
const ASK_MS = 15_000;
const DIRECT_MS = 4_000;

async function start(page) {
  const { opening, url, ...words } = page.dataset;
  const form = page.querySelector("form");
  let sender = null;
  let touch = null;
  let acts = Promise.resolve();

  // Before the form's own guard against double presses, which must not swallow the second of two quick touches. One touch
  // after the other: taking back must find the touch before it.
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.value) return;
    event.preventDefault();
    event.stopPropagation();
    if (sender && !sender.open) showPanel(page); // which says why nothing is counted
    else acts = acts.then(touched(event.submitter.value)).catch(console.error);
  });
  const touched = (act) => {
    const event = { id: crypto.randomUUID(), at: new Date().toISOString(), author: pageAuthor() };
    return async () => { await ready; await touch(act, event); };
  };

  const channel = new BroadcastChannel("mt-tally");
  const ready = (async () => {
    const queue = await new TallyQueue(opening, await openStore(), () => channel.postMessage(opening)).load();
    ({ sender, touch } = counting({ page, form, queue, url, words }));
    channel.onmessage = async () => { await queue.load(); sender.changed({}); }; // another tab of this device counted or sent
  })();
  await ready;
}

function showPanel(page) {
  page.querySelector("[data-sync-panel]").scrollIntoView({ block: "center" });
}

function counting({ page, form, queue, url, words }) {
  const tiles = new Map([...page.querySelectorAll("[data-tally]")].map((tile) => [tile.dataset.tally, tile]));
  const label = (key) => tiles.get(key)?.querySelector(".mt-tile__label").textContent ?? words.noBand;
  const bands = words.bands.split(" "); // whose tiles are the visitors
  let counts = Object.fromEntries(
    [...tiles].map(([key, tile]) => [key, Number(tile.querySelector("[data-tally-count]").textContent)]),
  );
  let known = JSON.parse(words.last);
  let notice = "";

  const sender = new Sender(queue, {
    url,
    token: pageToken,
    device: deviceId(),
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
    showSync(page, { queue, sender, words, notice, label, drop: askBeforeDropping(page, async (id) => { await queue.remove(id); show(); }) });
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

  async function touch(act, event) {
    notice = "";
    const [sign, key] = act.split(":");
    if (act === "undo") {
      const [last] = liveEntries(known, queue.pending(), 1);
      if (!last) return;
      Object.assign(event, { undo: true, undoes: last.id, key: last.key, delta: -last.delta });
    } else {
      Object.assign(event, { key, delta: sign === "plus" ? 1 : -1 });
    }
    if (shown(event.key) + event.delta < 0) notice = words.zero;
    else if (await kept(event)) confirm(event.key);
    show();
    sender.flush();
  }

  /** Whether the touch is safe: on the disk or, where the device stores nothing, with the server. */
  async function kept(event) {
    try {
      await queue.add(event);
      return true;
    } catch {
      // Below: sent directly. While one is still on its way, the next would be counted twice or not at all.
    }
    if (queue.held().length) {
      notice = words.paper;
      return false;
    }
    queue.hold(event);
    await Promise.race([sender.flush(), new Promise((resolve) => { setTimeout(resolve, DIRECT_MS); })]);
    return !queue.all().some(({ id }) => id === event.id);
  }

  function confirm(key) {
    const tile = tiles.get(key);
    tile?.classList.add("mt-tile--counted");
    setTimeout(() => tile?.classList.remove("mt-tile--counted"), FLASH_MS);
    page.querySelector("[data-tally-said]").textContent = `${label(key)} ${shown(key)}`;
  }

  page.querySelector("[data-sync-now]").addEventListener("click", async () => { await queue.again(); show(); sender.flush(); });
  navigator.storage?.persist?.().catch(() => {});
  document.addEventListener("mt:signed-out", (event) => {
    event.preventDefault(); // this page says so itself, and counting goes on
    sender.signedOut = true;
    show();
  });
  guardLeaving({
    unsent: () => queue.pending().length > 0,
    stay() {
      sender.offline = true;
      show();
      // Over the tiles: who presses again where the button was must not count somebody.
      page.querySelector("[data-offline-dialog]").showModal();
    },
    left() { if (!queue.all().length) sender.leave(); },
  });

  show();
  // The page may have been drawn just before the last touches of the page before it arrived.
  sender.flush().then(() => sender.ask());
  sender.keepTrying();
  keepAsking(sender);
  return { sender, touch };
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
