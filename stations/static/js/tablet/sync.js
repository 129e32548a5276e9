// Sends the outbox, one batch at a time and one tab at a time, and tries again by itself until every event is answered
// for. Whatever comes back that is no clear answer, everything stays here.
import { wire } from "./outbox.js";

export const MOST_ROWS = 1_000;
const TIMEOUT_MS = 20_000;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;
const EVERY_MS = 30_000;
const WORTH_PACKING = 1_000; // characters
const MOST_STUMBLES = 3;
const LOCK = "mt-tablet-sync";

/** How long to wait after so many failures in a row: twice as long each time, and not all tablets at once. */
export function backoff(failures, chance = Math.random()) {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)) * (0.5 + chance / 2);
}

async function packed(text, Packer = globalThis.CompressionStream) {
  if (!Packer || text.length < WORTH_PACKING) return { body: text, headers: {} };
  const stream = new Blob([text]).stream().pipeThrough(new Packer("gzip"));
  return { body: await new Response(stream).blob(), headers: { "Content-Encoding": "gzip" } };
}

export class Sync {
  #busy = null;
  #again = false;
  #turn = Promise.resolve();

  /** @param {{outbox: object, version: string, changed?: () => void, send?: typeof fetch, locks?: LockManager, now?: () => number, url?: string}} options */
  constructor({ outbox, version, changed = () => {}, send = (...all) => fetch(...all), locks = globalThis.navigator?.locks, now = Date.now, url = "/api/v1/attendance/events" }) {
    Object.assign(this, { outbox, version, changed, send, locks, now, url });
    this.succeeded = null; // when the server last answered
    this.failed = null; // {at, why}: what went wrong since
    this.refused = null; // "revoked", "unknown", "forbidden": the server does not take this tablet's events
    this.failures = 0;
    this.until = 0; // no sooner by itself
    this.barred = 0; // no sooner at all: the server has asked for it
    this.clockAhead = 0; // seconds
    this.watch = []; // openings whose state is wanted with every answer
  }

  /** Send now what waits, and ask how the watched openings stand. by hand: also while it would wait by itself. */
  async run({ byHand = false } = {}) {
    if (this.#busy) {
      this.#again = true;
      return this.#busy;
    }
    if (this.now() < (byHand ? this.barred : this.until)) return null;
    this.#busy = this.alone(() => this.#drain());
    try {
      await this.#busy;
    } catch {
      this.#fail("store"); // the answer could not be written down: it is asked for again
    } finally {
      this.#busy = null;
    }
    const again = this.#again && !this.failed;
    this.#again = false;
    return again ? this.run() : null;
  }

  /** When the network or the reader comes back, and every half minute; navigator.onLine is never trusted. */
  keepTrying() {
    const now = () => this.run({ byHand: true });
    window.addEventListener("online", now);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) now(); });
    setInterval(() => this.run(), EVERY_MS);
  }

  /** Do something while no tab sends: what it hears of the server is then not older than what was sent. */
  alone(work) {
    if (this.locks) return this.locks.request(LOCK, work);
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #drain() {
    await this.outbox.load(); // another tab may have sent meanwhile
    const tried = new Set(); // what an answer leaves open must not be asked about again for ever
    const thorough = this.failures > 0;
    let [size, stumbles, asked] = [MOST_ROWS, 0, false];
    for (;;) {
      const batch = this.outbox.waiting().filter(({ seq }) => !tried.has(seq)).slice(0, size);
      if (!batch.length && asked) return;
      const { answer, smaller, why, code, wait } = await this.#post(batch, thorough);
      asked = true;
      if (answer) {
        await this.outbox.settle(batch, answer);
        this.#succeed(answer);
      } else if (smaller && batch.length > 1) {
        size = Math.floor(batch.length / 2);
        continue;
      } else if (!smaller || (stumbles += 1) > MOST_STUMBLES) {
        return this.#fail(why, code, wait);
      } else {
        this.#fail(why, code, wait); // this one alone; it keeps no other waiting
      }
      for (const { seq } of batch) tried.add(seq);
    }
  }

  /** {answer}, or why there is none. smaller: it may go through in smaller pieces. */
  async #post(batch, thorough) {
    let response;
    try {
      const { body, headers } = await packed(JSON.stringify({
        device_time: new Date(this.now()).toISOString(),
        version: this.version,
        unsent: this.outbox.unsent(),
        watch: this.watch,
        events: batch.map(wire),
      }));
      response = await this.send(this.url, {
        method: "POST", body, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { "Content-Type": "application/json", "X-Tablet": "1", ...headers },
      });
    } catch {
      return { why: "network" };
    }
    const said = await response.json().catch(() => null);
    if (response.status === 200) return isAnswer(said) ? { answer: said } : { why: "garbage" };
    if (response.status === 401 || response.status === 403) return { why: "refused", code: ["revoked", "unknown"].includes(said?.code) ? said.code : "forbidden" };
    if (response.status === 429) return { why: "busy", wait: (Number(response.headers.get("Retry-After")) || 60) * 1_000 };
    // A server that fails over one event must not hold the others up; the first time it is left alone.
    const oneBad = response.status === 400 || (response.status === 500 && thorough);
    return { why: `status ${response.status}`, smaller: response.status === 413 || oneBad };
  }

  #succeed({ clock_ahead_seconds: ahead }) {
    this.succeeded = this.now();
    this.failed = null;
    this.refused = null;
    [this.failures, this.until, this.clockAhead] = [0, 0, Number(ahead) || 0];
    this.changed();
  }

  #fail(why, code = null, wait = 0) {
    this.failures += 1;
    this.failed = { at: this.now(), why };
    this.refused = code ?? this.refused;
    this.barred = this.now() + wait;
    this.until = this.now() + Math.max(wait, backoff(this.failures));
    this.changed();
  }
}

function isAnswer(said) {
  return said !== null && typeof said === "object" && Array.isArray(said.verdicts) && Array.isArray(said.openings);
}
