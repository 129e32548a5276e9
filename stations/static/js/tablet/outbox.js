// The tablet's own events that the server has not answered for. An event leaves only when the server has it. Knows no
// page and no network.
const DONE = new Set(["accepted", "duplicate"]);
const REFUSED = new Set(["rejected", "conflict"]);
const HERE_ONLY = ["problem", "takes", "old"]; // what is kept beside an event and not sent

/** An event as the server reads it. */
export function wire(event) {
  return Object.fromEntries(Object.entries(event).filter(([name]) => !HERE_ONLY.includes(name)));
}

export class Outbox {
  #rows = [];
  #turn = Promise.resolve();

  /**
   * @param {import("./store.js").Store} store
   * @param {() => void} spread tells the other tabs that something has changed
   */
  constructor(store, spread = () => {}) {
    Object.assign(this, { store, spread });
    this.states = {}; // by opening: what the server last said of it
    this.sent = {}; // by opening: how many events of this tablet the server has answered for
  }

  /** Read again what the store keeps: at the beginning, and when another tab has changed it. */
  async load() {
    await this.#inTurn(async () => {
      this.#rows = await this.store.events();
      this.states = (await this.store.read("states")) ?? {};
      this.sent = (await this.store.read("sent")) ?? {};
    });
    return this;
  }

  all() {
    return [...this.#rows];
  }

  of(opening) {
    return this.#rows.filter((one) => one.opening === opening);
  }

  /** Still to be sent, the oldest first. */
  waiting() {
    return this.#rows.filter((one) => !one.problem);
  }

  /** Answered with a refusal: kept until somebody who may decide has seen them. */
  refused() {
    return this.#rows.filter((one) => one.problem);
  }

  /** How many events of each opening are still here: {"42": 7}. */
  unsent() {
    const unsent = {};
    for (const { opening } of this.waiting()) unsent[opening] = (unsent[opening] ?? 0) + 1;
    return unsent;
  }

  /** Resolves once the event is on the disk; rejects when it cannot be stored, and then nothing has happened. */
  async add(event) {
    const row = await this.#inTurn(async () => {
      const kept = await this.store.add(event);
      this.#rows = [...this.#rows, kept];
      return kept;
    });
    this.spread();
    return row;
  }

  /** Take the server's answer to a batch: in one piece, so that nothing is counted twice or not at all in between. */
  async settle(batch, { verdicts, openings = [] }) {
    await this.#inTurn(async () => {
      const [gone, changed] = judged(batch, verdicts);
      const sent = { ...this.sent };
      for (const one of gone) if (!one.old) sent[one.opening] = (sent[one.opening] ?? 0) + 1;
      const states = { ...this.states };
      for (const { id, ...state } of openings) states[id] = state;
      await this.store.settle({ gone: gone.map(({ seq }) => seq), changed, known: { states, sent } });
      const [away, other] = [new Set(gone.map(({ seq }) => seq)), new Map(changed.map((one) => [one.seq, one]))];
      this.#rows = this.#rows.filter(({ seq }) => !away.has(seq)).map((one) => other.get(one.seq) ?? one);
      Object.assign(this, { states, sent });
    });
    this.spread();
  }

  /** What the server says of openings of which nothing is on its way; the others' answers come with their events. */
  async learn(openings) {
    await this.#inTurn(async () => {
      const [states, sent] = [{ ...this.states }, { ...this.sent }];
      for (const { id, totals, open, stored, corrections, closings, last } of openings) {
        if (this.waiting().some(({ opening }) => opening === id)) continue;
        states[id] = { totals, open, stored, corrections, closings, last };
        sent[id] ??= stored;
      }
      await this.store.settle({ known: { states, sent } });
      Object.assign(this, { states, sent });
    });
    this.spread();
  }

  /** Try what was refused once more. */
  async again() {
    await this.#inTurn(async () => {
      const changed = this.refused().map(({ problem: _problem, ...event }) => event);
      await this.store.settle({ changed });
      this.#rows = await this.store.events();
    });
    this.spread();
  }

  /** One after the other: what is read from the store must not overtake what is being written. */
  #inTurn(work) {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

/** Which events of a batch the server has, and which it refuses; whatever it did not clearly answer for is neither. */
function judged(batch, verdicts) {
  const [gone, changed] = [new Map(), new Map()];
  for (const { row, id, verdict, reason } of verdicts) {
    const event = batch[row];
    if (!event) continue;
    if (DONE.has(verdict) && id === event.id) gone.set(event.seq, event);
    if (REFUSED.has(verdict) && (id ?? event.id) === event.id) changed.set(event.seq, { ...event, problem: { verdict, reason } });
  }
  return [[...gone.values()], [...changed.values()]];
}

/** All that is still here, as a file that an official can read. */
export function exported(outbox, device, now = new Date()) {
  return JSON.stringify({
    made_at: now.toISOString(),
    device: device ? { id: device.id, name: device.name, station: device.station } : null,
    refused: outbox.refused().map((one) => ({ ...wire(one), reason: one.problem.reason })),
    unsent: outbox.waiting().map(wire),
  }, null, 2);
}
