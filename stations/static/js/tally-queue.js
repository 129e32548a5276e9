// What was touched on this device and has not been answered for by the server. A touch counts here once the store has it
// on the disk. Knows no page and no network.

export class TallyQueue {
  #rows = [];
  #held = [];
  #leaving = new Set(); // ids that the store has not yet given up
  #turn = Promise.resolve();

  /**
   * @param {string} opening
   * @param {import("./tally-store.js").TouchStore | null} store null: this browser keeps nothing
   * @param {() => void} spread tells the other tabs that something has changed
   */
  constructor(opening, store, spread = () => {}) {
    Object.assign(this, { opening, store, spread });
  }

  /** Whether touches outlive this page. */
  get lasting() {
    return this.store !== null;
  }

  /** Read again what the store keeps: at the beginning, and when another tab has changed it. */
  async load() {
    if (this.store) {
      await this.#inTurn(async () => {
        const rows = await this.store.all(this.opening);
        this.#rows = rows.filter(({ id }) => !this.#leaving.has(id));
      });
    }
    return this;
  }

  /** Everything kept for this opening, in the order of the touches; what is only held comes last. */
  all() {
    return [...this.#rows, ...this.#held];
  }

  /** Still to be sent. */
  pending() {
    return this.all().filter((event) => !event.problem);
  }

  /** Answered with a refusal: kept until somebody decides. */
  refused() {
    return this.all().filter((event) => event.problem);
  }

  /** Not on the disk: lost with this page, and not counted before the server has answered. */
  held() {
    return this.#held.filter((event) => !event.problem);
  }

  /** Resolves once the touch is on the disk; rejects when the device cannot store it, and the touch then does not count. */
  async add(event) {
    if (!this.store) throw new Error("this browser keeps nothing");
    await this.#inTurn(async () => {
      const row = await this.store.add({ ...event, opening: this.opening });
      this.#rows.push(row); // to the rows of now: while this one was stored, another may have been answered for
    });
    this.spread();
  }

  /** Keep a touch in this page alone, until the server has answered. */
  hold(event) {
    this.#held.push(event);
  }

  async remove(id) {
    const kept = this.#rows.find((event) => event.id === id);
    this.#rows = this.#rows.filter((event) => event.id !== id);
    this.#held = this.#held.filter((event) => event.id !== id);
    if (kept) {
      this.#leaving.add(id);
      await this.#inTurn(() => this.store.remove(kept.order)).finally(() => this.#leaving.delete(id));
    }
    this.spread();
  }

  async refuse(id, problem) {
    await this.#replace((event) => event.id === id, (event) => ({ ...event, problem }));
  }

  /** Try every refused touch again, each at its old place. */
  async again() {
    await this.#replace((event) => event.problem, ({ problem: _problem, ...event }) => event);
  }

  /** How the unsent touches change each tile: {elementary: 2}. */
  changes() {
    const changes = {};
    for (const { key, delta, problem } of this.#rows) if (!problem) changes[key] = (changes[key] ?? 0) + delta;
    return changes;
  }

  async #replace(which, changed) {
    const other = (event) => (which(event) ? changed(event) : event);
    const before = this.#rows;
    this.#rows = before.map(other);
    this.#held = this.#held.map(other);
    const changes = this.#rows.filter((event, n) => event !== before[n]);
    if (changes.length) await this.#inTurn(() => Promise.all(changes.map((event) => this.store.put(event))));
    this.spread();
  }

  /** One after the other: what is read from the store must not overtake what is being written. */
  #inTurn(work) {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

/** How many touches of each opening this device still keeps: Map {"12" → 3}. */
export async function unsentByOpening(store) {
  const unsent = new Map();
  for (const { opening } of (await store?.all()) ?? []) unsent.set(opening, (unsent.get(opening) ?? 0) + 1);
  return unsent;
}

/** The last touches that still count, newest first: what the server knows and what waits here, less what was undone. */
export function liveEntries(known, waiting, limit = 5) {
  const undone = new Set(waiting.filter((event) => event.undoes).map((event) => event.undoes));
  const here = waiting.filter((event) => !event.undo).reverse();
  const ids = new Set(here.map((event) => event.id));
  return [...here, ...known.filter((event) => !ids.has(event.id))].filter((event) => !undone.has(event.id)).slice(0, limit);
}
