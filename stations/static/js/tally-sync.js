// Sends a queue in its order, one batch at a time, and tries again by itself until the server has answered every row.
const BATCH = 25;
const TIMEOUT_MS = 15_000;
const ASK_TIMEOUT_MS = 5_000;
export const RETRY_MS = 30_000;
// Whatever is asked keeps a session alive, and a device that nobody touches must be signed out.
const ATTENDED_MS = 15 * 60_000;
// A server that fails over this many single rows, one after the other, fails over everything.
const MOST_STUMBLES = 3;
const DEVICE_KEY = "mt-device";

let touchedAt = Date.now();
globalThis.document?.addEventListener("pointerdown", () => { touchedAt = Date.now(); });

/** Whether somebody has touched this page lately. */
export const attended = () => Date.now() - touchedAt < ATTENDED_MS;

/** Rows as the server reads them; what the device keeps besides stays here. */
export function wire({ id, at, key, delta, undo, undoes, author }) {
  return undo ? { id, at, undo: true, undoes, author } : { id, at, key, delta, author };
}

/** The name by which the server tells this browser from the station's others; a new one where none can be kept. */
export function deviceId(storage = globalThis.localStorage) {
  try {
    const known = storage.getItem(DEVICE_KEY) ?? crypto.randomUUID();
    storage.setItem(DEVICE_KEY, known);
    return known;
  } catch {
    return crypto.randomUUID();
  }
}

export class Sender {
  /**
   * @param {import("./tally-queue.js").TallyQueue} queue
   * @param {{url: string, token: () => string, device?: string, counting?: boolean, renew?: () => Promise<boolean>, fetch?: typeof fetch, changed: (state: object) => void, open?: boolean}} options
   *   counting: whether touches are made on this page; others only send what is left
   */
  constructor(queue, { url, token, device, counting = true, renew = async () => false, fetch: send = (...all) => fetch(...all), changed, open = true }) {
    Object.assign(this, { queue, url, token, device, counting, renew, send, changed, open });
    this.busy = null;
    this.signedOut = false;
    this.offline = false;
    this.stumbled = false;
    this.sentAt = null;
    this.clock = null;
  }

  /** Send until the queue is empty or the network fails. Calls while one is under way wait for it and send the rest. */
  async flush() {
    while (this.busy) await this.busy;
    await this.#alone(this.#drain());
  }

  /** Ask how the counts stand now, when there is nothing of this device to send. */
  async ask() {
    if (this.busy || this.queue.pending().length) return;
    await this.#alone(this.#post([], ASK_TIMEOUT_MS).then((answer) => answer && this.#take(answer, [])));
  }

  /** Say that nobody counts on this page any more; the page may be gone before the answer. */
  leave() {
    this.#request([], ASK_TIMEOUT_MS, { gone: true, keepalive: true }).catch(() => {});
  }

  async #alone(work) {
    this.busy = work;
    try {
      await work;
    } finally {
      this.busy = null;
    }
  }

  async #drain() {
    const tried = new Set(); // an answer that leaves a row open must not be asked for again for ever
    let [size, stumbles] = [BATCH, 0];
    for (;;) {
      const batch = this.queue.pending().filter(({ id }) => !tried.has(id)).slice(0, size);
      if (!batch.length) return;
      const answer = await this.#post(batch);
      if (answer) {
        stumbles = 0;
        await this.#take(answer, batch);
      } else if (!this.stumbled || (size === 1 && (stumbles += 1) >= MOST_STUMBLES)) {
        return;
      }
      // The row over which the server fails is found by sending each alone: it keeps no other waiting.
      if (answer || size === 1) for (const { id } of batch) tried.add(id);
      if (this.stumbled) size = 1;
    }
  }

  #request(batch, patience, { gone = !this.counting, keepalive = false } = {}) {
    return this.send(this.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token() },
      body: JSON.stringify({
        events: batch.map(wire),
        now: new Date().toISOString(),
        device: this.device,
        unsent: this.queue.all().length,
        gone,
      }),
      redirect: "manual",
      keepalive,
      signal: keepalive ? undefined : AbortSignal.timeout(patience),
    });
  }

  async #post(batch, patience = TIMEOUT_MS) {
    this.stumbled = false;
    try {
      let response = await this.#request(batch, patience);
      // 400: the page's token is of a session that has ended. Somebody may have signed in again in another tab.
      if (response.status === 400 && (await this.renew())) response = await this.#request(batch, patience);
      // Whatever the refusal, all of it stays in the queue.
      this.signedOut = response.type === "opaqueredirect" || [400, 401, 403].includes(response.status);
      this.stumbled = response.status === 500;
      if (response.ok) {
        const answer = await response.json();
        this.sentAt = new Date();
        this.offline = false;
        return answer;
      }
    } catch {
      // Bad Wi-Fi is not an error: the queue keeps everything.
    }
    this.offline = !this.signedOut;
    this.changed({});
    return null;
  }

  async #take(answer, batch) {
    this.open = answer.open !== false;
    this.clock = answer.clock ?? null;
    const work = answer.answers.map(({ row, id, verdict, problem }) => {
      const known = id ?? batch[row]?.id; // a row whose id the server cannot read is known by its place
      if (verdict === "refused") return this.queue.refuse(known, problem);
      // What meets a closed record waits, and goes by itself once the record is opened again.
      return verdict === "closed" ? null : this.queue.remove(known);
    });
    this.changed(answer); // shown at once; a row that cannot be removed now is sent again, and known then
    await Promise.allSettled(work);
  }

  /** Try again when the network or the reader comes back, and every half minute; never trust navigator.onLine. */
  keepTrying() {
    const quietly = () => { if (this.queue.pending().length && (this.open || attended())) this.flush(); };
    window.addEventListener("online", quietly);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) quietly(); });
    setInterval(quietly, RETRY_MS);
  }
}

const tokenTag = (page = document) => page.querySelector('meta[name="csrf-token"]');
const authorOf = (page = document) => page.querySelector("[data-author]");

export function pageToken() {
  return tokenTag()?.content ?? "";
}

/** The mark of who is signed in on this page: each touch carries the one of its own moment. */
export function pageAuthor() {
  return authorOf()?.dataset.author;
}

/** Take token and author of the present session from this page, asked for again. False when nobody is signed in. */
export async function renewToken() {
  const answer = await fetch(location.href, { redirect: "manual" });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = tokenTag(page);
  if (!fresh || !tokenTag()) return false;
  tokenTag().content = fresh.content;
  if (authorOf() && authorOf(page)) authorOf().dataset.author = authorOf(page).dataset.author;
  return true;
}
