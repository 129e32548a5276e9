// The queue and its sender without a browser: run by test_tally_scripts.py with node's own test runner.
import assert from "node:assert/strict";
import { test } from "node:test";
import { liveEntries, TallyQueue, unsentByOpening } from "../../stations/static/js/tally-queue.js";
import { Sender, wire } from "../../stations/static/js/tally-sync.js";

class Memory {
  #kept = new Map();

  get length() { return this.#kept.size; }
  key(n) { return [...this.#kept.keys()][n]; }
  getItem(key) { return this.#kept.get(key) ?? null; }
  setItem(key, value) { this.#kept.set(key, value); }
  removeItem(key) { this.#kept.delete(key); }
}

let number = 0;
const touch = (key = "teen", delta = 1, at = "2026-11-23T01:00:00.000Z") => ({ id: `id${(number += 1)}`, at, key, delta });
const accepted = (events) => ({ ok: true, status: 200, type: "basic", json: async () => ({ answers: events.map(({ id }) => ({ id, verdict: "accepted" })), counts: {}, last: [] }) });

function sending(queue, answer) {
  const sent = [];
  const send = async (_url, { body }) => {
    const { events } = JSON.parse(body);
    sent.push(events.map(({ id }) => id));
    return answer(events, sent.length);
  };
  return { sent, sender: new Sender(queue, { url: "/events", token: () => "t", fetch: send, changed() {} }) };
}

test("touches keep their order and survive a new page", () => {
  const storage = new Memory();
  const first = new TallyQueue("1", storage);
  const touches = Array.from({ length: 12 }, () => touch());
  touches.forEach((one) => first.add(one));
  first.add(touch("staff", 1, "2026-11-23T00:00:00.000Z")); // the device's clock was set back
  const again = new TallyQueue("1", storage).pending();
  assert.deepEqual(again.slice(0, 12).map(({ id }) => id), touches.map(({ id }) => id));
  assert.equal(again[12].key, "staff");
  assert.deepEqual(new TallyQueue("2", storage).all(), []);
  assert.deepEqual(first.changes(), { teen: 12, staff: 1 });
});

test("everything is sent once and in order, in batches", async () => {
  const queue = new TallyQueue("1", new Memory());
  const touches = Array.from({ length: 60 }, () => touch());
  touches.forEach((one) => queue.add(one));
  const { sent, sender } = sending(queue, accepted);
  await Promise.all([sender.flush(), sender.flush()]);
  assert.deepEqual(sent.flat(), touches.map(({ id }) => id));
  assert.equal(queue.all().length, 0);
});

test("a dead network keeps the queue, and the next try sends it", async () => {
  const queue = new TallyQueue("1", new Memory());
  queue.add(touch());
  const { sender } = sending(queue, (events, turn) => {
    if (turn === 1) throw new TypeError("network");
    return accepted(events);
  });
  await sender.flush();
  assert.equal(queue.pending().length, 1);
  await sender.flush();
  assert.equal(queue.all().length, 0);
});

for (const status of [400, 401, 403, 500]) {
  test(`an answer of ${status} drops nothing`, async () => {
    const queue = new TallyQueue("1", new Memory());
    queue.add(touch());
    const { sender } = sending(queue, () => ({ ok: false, status, type: "basic" }));
    await sender.flush();
    assert.equal(queue.pending().length, 1);
    assert.equal(sender.signedOut, status < 500);
  });
}

test("after a new sign-in the page takes the new token and goes on", async () => {
  const queue = new TallyQueue("1", new Memory());
  queue.add(touch());
  const { sent, sender } = sending(queue, (events, turn) => (turn === 1 ? { ok: false, status: 400 } : accepted(events)));
  sender.renew = async () => true;
  await sender.flush();
  assert.equal(sent.length, 2);
  assert.equal(queue.all().length, 0);
});

test("a refused touch is kept with its reason until somebody decides", async () => {
  const queue = new TallyQueue("1", new Memory());
  const [bad, good] = [touch(), touch()];
  queue.add(bad);
  queue.add(good);
  const refuse = (events) => ({ ...accepted(events), json: async () => ({ answers: events.map(({ id }) => (id === bad.id ? { id, verdict: "refused", problem: "確定済み" } : { id, verdict: "duplicate" })) }) });
  const { sent, sender } = sending(queue, refuse);
  await sender.flush();
  assert.equal(sent.length, 1);
  assert.deepEqual(queue.refused().map(({ id, problem }) => [id, problem]), [[bad.id, "確定済み"]]);
  assert.deepEqual(queue.changes(), {});
  queue.again();
  assert.deepEqual(queue.pending().map(({ id, problem }) => [id, problem]), [[bad.id, undefined]]);
  queue.remove(bad.id);
  assert.equal(queue.all().length, 0);
});

test("what meets a closed record waits and goes by itself once the record is open again", async () => {
  const queue = new TallyQueue("1", new Memory());
  const touches = [touch(), touch()];
  touches.forEach((one) => queue.add(one));
  const closed = (events) => ({ ...accepted(events), json: async () => ({ answers: events.map(({ id }) => ({ id, verdict: "closed", problem: "確定" })), open: false }) });
  const { sent, sender } = sending(queue, (events, turn) => (turn === 1 ? closed(events) : accepted(events)));
  await sender.flush();
  assert.deepEqual([sent.length, sender.open, queue.pending().length, queue.refused().length], [1, false, 2, 0]);
  await sender.flush();
  assert.deepEqual([sender.open, queue.all().length], [true, 0]);
});

test("asking sends no row, and only when none waits", async () => {
  const queue = new TallyQueue("1", new Memory());
  const answers = [];
  const { sent, sender } = sending(queue, () => ({ ok: true, status: 200, json: async () => ({ answers: [], counts: { teen: 3 }, open: true }) }));
  sender.changed = (answer) => answers.push(answer.counts.teen);
  await sender.ask();
  assert.deepEqual([sent, answers], [[[]], [3]]);
  queue.add(touch());
  await sender.ask();
  assert.equal(sent.length, 1);
});

test("a device knows of every opening what it still holds", () => {
  const storage = new Memory();
  storage.setItem("another", "x");
  for (const opening of ["7", "7", "12"]) new TallyQueue(opening, storage).add(touch());
  assert.deepEqual([...unsentByOpening(storage)], [["7", 2], ["12", 1]]);
});

test("an answer that leaves a row open does not ask for ever", async () => {
  const queue = new TallyQueue("1", new Memory());
  queue.add(touch());
  const { sent, sender } = sending(queue, () => ({ ...accepted([]) }));
  await sender.flush();
  assert.equal(sent.length, 1);
  assert.equal(queue.pending().length, 1);
});

test("a device that cannot store says so", () => {
  const full = new Memory();
  full.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
  assert.throws(() => new TallyQueue("1", full).add(touch()));
});

test("the last entries are the live ones of server and device together", () => {
  const known = [touch(), touch()];
  const [waiting, undo] = [touch(), { ...touch(), undo: true, undoes: known[0].id }];
  assert.deepEqual(liveEntries(known, [waiting, undo]), [waiting, known[1]]);
  assert.deepEqual(liveEntries([waiting, ...known], [waiting]), [waiting, ...known]);
});

test("the wire carries nothing but the touch", () => {
  assert.deepEqual(Object.keys(wire({ ...touch(), order: "x", problem: "y" })), ["id", "at", "key", "delta"]);
  assert.deepEqual(Object.keys(wire({ ...touch(), undo: true, undoes: "z" })), ["id", "at", "undo", "undoes"]);
});
