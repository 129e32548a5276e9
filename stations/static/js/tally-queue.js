// What was touched on this device and has not reached the server yet. One storage key per touch, written before the
// screen answers, so that nothing is lost by a reload, a crash or a second tab. Knows no page and no network.
const PREFIX = "mt-tally";

export class TallyQueue {
  /** @param {string} opening @param {Storage} storage anything like localStorage */
  constructor(opening, storage) {
    this.prefix = `${PREFIX}:${opening}:`;
    this.storage = storage;
  }

  /** Everything kept for this opening, in the order of the touches. */
  all() {
    const keys = [];
    for (let i = 0; i < this.storage.length; i += 1) {
      const key = this.storage.key(i);
      if (key.startsWith(this.prefix)) keys.push(key);
    }
    return keys.sort().map((key) => this.#read(key)).filter(Boolean);
  }

  /** Still to be sent. */
  pending() {
    return this.all().filter((event) => !event.problem);
  }

  /** Answered with a refusal: kept until somebody decides. */
  refused() {
    return this.all().filter((event) => event.problem);
  }

  /** Throws when the device cannot store; the touch then does not count. */
  add(event) {
    const newest = this.all().at(-1)?.order ?? "";
    let order = String(Date.parse(event.at)).padStart(15, "0");
    // A device clock that is set back must not put a later touch before an earlier one.
    if (order <= newest.slice(0, 15)) order = newest.slice(0, 15);
    const count = newest.slice(0, 15) === order ? Number(newest.slice(16)) + 1 : 0;
    const kept = { ...event, order: `${order}-${String(count).padStart(6, "0")}` };
    this.#write(kept);
    return kept;
  }

  remove(id) {
    for (const event of this.all()) if (event.id === id) this.storage.removeItem(this.#key(event));
  }

  refuse(id, problem) {
    for (const event of this.all()) if (event.id === id) this.#write({ ...event, problem });
  }

  /** Try every refused touch again, each at its old place. */
  again() {
    for (const { problem, ...event } of this.refused()) this.#write(event);
  }

  /** How the unsent touches change each tile: {elementary: 2}. */
  changes() {
    const changes = {};
    for (const { key, delta } of this.pending()) changes[key] = (changes[key] ?? 0) + delta;
    return changes;
  }

  #key(event) {
    return `${this.prefix}${event.order}:${event.id}`;
  }

  #write(event) {
    this.storage.setItem(this.#key(event), JSON.stringify(event));
  }

  #read(key) {
    try {
      return JSON.parse(this.storage.getItem(key));
    } catch {
      return null; // not ours to lose: the key stays where it is
    }
  }
}

/** How many touches of each opening this device still keeps: Map {"12" → 3}. */
export function unsentByOpening(storage) {
  const unsent = new Map();
  for (let i = 0; i < storage.length; i += 1) {
    const [prefix, opening] = storage.key(i).split(":");
    if (prefix === PREFIX) unsent.set(opening, (unsent.get(opening) ?? 0) + 1);
  }
  return unsent;
}

/** The last touches that still count, newest first: what the server knows and what waits here, less what was undone. */
export function liveEntries(known, waiting, limit = 5) {
  const undone = new Set(waiting.filter((event) => event.undoes).map((event) => event.undoes));
  const here = waiting.filter((event) => !event.undo).reverse();
  const ids = new Set(here.map((event) => event.id));
  return [...here, ...known.filter((event) => !ids.has(event.id))].filter((event) => !undone.has(event.id)).slice(0, limit);
}
