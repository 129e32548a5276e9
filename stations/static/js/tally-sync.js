// Sends a queue in its order, one batch at a time, and tries again by itself until the server has answered every row.
const BATCH = 25;
const TIMEOUT_MS = 15_000;
const ASK_TIMEOUT_MS = 5_000;
export const RETRY_MS = 30_000;
// Whatever is asked keeps a session alive, and a device that nobody touches must be signed out.
const ATTENDED_MS = 15 * 60_000;

let touchedAt = Date.now();
globalThis.document?.addEventListener("pointerdown", () => { touchedAt = Date.now(); });

/** Whether somebody has touched this page lately. */
export const attended = () => Date.now() - touchedAt < ATTENDED_MS;

/** Rows as the server reads them; what the device keeps besides stays here. */
export function wire({ id, at, key, delta, undo, undoes }) {
  return undo ? { id, at, undo: true, undoes } : { id, at, key, delta };
}

export class Sender {
  /**
   * @param {import("./tally-queue.js").TallyQueue} queue
   * @param {{url: string, token: () => string, renew?: () => Promise<boolean>, fetch?: typeof fetch, changed: (state: object) => void, open?: boolean}} options
   */
  constructor(queue, { url, token, renew = async () => false, fetch: send = (...all) => fetch(...all), changed, open = true }) {
    Object.assign(this, { queue, url, token, renew, send, changed, open });
    this.busy = null;
    this.signedOut = false;
    this.offline = false;
    this.sentAt = null;
  }

  /** Send until the queue is empty or the network fails. Calls while one is under way wait for it and send the rest. */
  async flush() {
    while (this.busy) await this.busy;
    await this.#alone(this.#drain());
  }

  /** Ask how the counts stand now, when there is nothing of this device to send. */
  async ask() {
    if (this.busy || this.queue.pending().length) return;
    await this.#alone(this.#post([], ASK_TIMEOUT_MS).then((answer) => { if (answer) this.#take(answer); }));
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
    for (let batch = this.queue.pending().slice(0, BATCH); batch.length; batch = this.queue.pending().slice(0, BATCH)) {
      const answer = await this.#post(batch);
      if (!answer) break;
      this.#take(answer);
      // An answer that leaves its first row open would be asked for again for ever.
      if (this.queue.pending()[0]?.id === batch[0].id) break;
    }
  }

  #request(batch, patience) {
    return this.send(this.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token() },
      body: JSON.stringify({ events: batch.map(wire) }),
      redirect: "manual",
      signal: AbortSignal.timeout(patience),
    });
  }

  async #post(batch, patience = TIMEOUT_MS) {
    try {
      let response = await this.#request(batch, patience);
      // 400: the page's token is of a session that has ended. Somebody may have signed in again in another tab.
      if (response.status === 400 && (await this.renew())) response = await this.#request(batch, patience);
      // Whatever the refusal, all of it stays in the queue.
      this.signedOut = response.type === "opaqueredirect" || [400, 401, 403].includes(response.status);
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

  #take(answer) {
    this.open = answer.open !== false;
    for (const { id, verdict, problem } of answer.answers) {
      if (verdict === "refused") this.queue.refuse(id, problem);
      // What meets a closed record waits, and goes by itself once the record is opened again.
      else if (verdict !== "closed") this.queue.remove(id);
    }
    this.changed(answer);
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

export function pageToken() {
  return tokenTag()?.content ?? "";
}

/** Take the token of the present session from this page, asked for anew. False when nobody is signed in. */
export async function renewToken() {
  const answer = await fetch(location.href, { redirect: "manual" });
  if (!answer.ok) return false;
  const fresh = tokenTag(new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (!fresh || !tokenTag()) return false;
  tokenTag().content = fresh.content;
  return true;
}
