// The queue and its sender without a browser: run by test_tally_scripts.py with node's own test runner.
import assert from "node:assert/strict";
import { test } from "node:test";
import { liveEntries, TallyQueue, unsentByOpening } from "../../stations/static/js/tally-queue.js";
import { openStore } from "../../stations/static/js/tally-store.js";
import { Sender, wire } from "../../stations/static/js/tally-sync.js";

/** Anything like TouchStore; `room`: how many more rows it takes. */
class Memory {
  rows = new Map();
  order = 0;
  room = Infinity;

  async add(touch) {
    if (this.room <= 0) throw new DOMException("full", "QuotaExceededError");
    this.room -= 1;
    const kept = { ...touch, order: (this.order += 1) };
    this.rows.set(kept.order, kept);
    return kept;
  }

  async put(touch) { this.rows.set(touch.order, touch); }
  async remove(order) { this.rows.delete(order); }
  async all(opening) { return [...this.rows.values()].filter((row) => opening === undefined || row.opening === opening); }
}

let number = 0;
const touch = (key = "teen", delta = 1, at = "2026-11-23T01:00:00.000Z") => ({ id: `id${(number += 1)}`, at, key, delta });
const accepted = (events) => ({ ok: true, status: 200, type: "basic", json: async () => ({ answers: events.map(({ id }, row) => ({ row, id, verdict: "accepted" })), counts: {}, last: [] }) });
const kept = async (...touches) => {
  const queue = new TallyQueue("1", new Memory());
  for (const one of touches) await queue.add(one);
  return queue;
};
const ids = (events) => events.map(({ id }) => id);

function sending(queue, answer) {
  const [sent, bodies] = [[], []];
  const send = async (_url, { body }) => {
    bodies.push(JSON.parse(body));
    sent.push(ids(bodies.at(-1).events));
    return answer(bodies.at(-1).events, sent.length);
  };
  return { sent, bodies, sender: new Sender(queue, { url: "/events", token: () => "t", device: "d", fetch: send, changed() {} }) };
}

test("touches keep their order and outlive the page", async () => {
  const store = new Memory();
  const first = new TallyQueue("1", store);
  const touches = Array.from({ length: 12 }, () => touch());
  for (const one of touches) await first.add(one);
  await first.add(touch("staff", 1, "2026-11-23T00:00:00.000Z")); // the device's clock was set back
  const again = (await new TallyQueue("1", store).load()).pending();
  assert.deepEqual(ids(again.slice(0, 12)), ids(touches));
  assert.equal(again[12].key, "staff");
  assert.deepEqual((await new TallyQueue("2", store).load()).all(), []);
  assert.deepEqual(first.changes(), { teen: 12, staff: 1 });
});

test("a touch counts once it is stored, not before", async () => {
  const store = new Memory();
  let written;
  const add = store.add.bind(store);
  store.add = async (one) => { await new Promise((resolve) => { written = resolve; }); return add(one); };
  const queue = new TallyQueue("1", store);
  const adding = queue.add(touch());
  await new Promise(setImmediate);
  assert.deepEqual(queue.changes(), {});
  written();
  await adding;
  assert.deepEqual(queue.changes(), { teen: 1 });
});

test("another tab's touches are read without losing one's own", async () => {
  const store = new Memory();
  const [here, there] = [new TallyQueue("1", store), new TallyQueue("1", store)];
  await there.add(touch());
  const [one, two] = [touch(), touch()];
  await Promise.all([here.load(), here.add(one), here.load(), here.add(two)]);
  assert.equal(here.pending().length, 3);
  assert.deepEqual(ids(here.pending().slice(1)), [one.id, two.id]);
});

/** Hold back the answer of one of the store's acts; resolves, once it was asked, with the function that lets it go. */
function waitingFor(store, name) {
  const act = store[name].bind(store);
  return new Promise((asked) => {
    store[name] = async (...all) => {
      const result = await act(...all);
      await new Promise(asked);
      return result;
    };
  });
}

test("a touch that is being stored while another is answered for still counts", async () => {
  const store = new Memory();
  const queue = new TallyQueue("1", store);
  const [first, second] = [touch(), touch()];
  await queue.add(first);
  const asked = waitingFor(store, "add");
  const adding = queue.add(second);
  const written = await asked;
  const removing = queue.remove(first.id);
  written();
  await Promise.all([adding, removing]);
  assert.deepEqual(ids(queue.pending()), [second.id]);
  assert.deepEqual(queue.changes(), { teen: 1 });
});

test("a touch that is answered for while the store is read does not come back", async () => {
  const store = new Memory();
  const queue = new TallyQueue("1", store);
  const first = touch();
  await queue.add(first);
  const asked = waitingFor(store, "all");
  const loading = queue.load();
  const read = await asked;
  const removing = queue.remove(first.id);
  read();
  await Promise.all([loading, removing]);
  assert.deepEqual(queue.all(), []);
});

test("everything is sent once and in order, in batches", async () => {
  const touches = Array.from({ length: 60 }, () => touch());
  const queue = await kept(...touches);
  const { sent, sender } = sending(queue, accepted);
  await Promise.all([sender.flush(), sender.flush()]);
  assert.deepEqual(sent.flat(), ids(touches));
  assert.equal(queue.all().length, 0);
  assert.equal(queue.store.rows.size, 0);
});

test("a dead network keeps the queue, and the next try sends it", async () => {
  const queue = await kept(touch());
  const { sender } = sending(queue, (events, turn) => {
    if (turn === 1) throw new TypeError("network");
    return accepted(events);
  });
  await sender.flush();
  assert.equal(queue.pending().length, 1);
  await sender.flush();
  assert.equal(queue.all().length, 0);
});

for (const status of [400, 401, 403, 500, 503]) {
  test(`an answer of ${status} drops nothing`, async () => {
    const queue = await kept(touch());
    const { sender } = sending(queue, () => ({ ok: false, status, type: "basic" }));
    await sender.flush();
    assert.equal(queue.pending().length, 1);
    assert.equal(sender.signedOut, status < 500);
  });
}

test("a row over which the server fails keeps no other waiting", async () => {
  const touches = Array.from({ length: 8 }, () => touch());
  const queue = await kept(...touches);
  const bad = touches[2].id;
  const { sender } = sending(queue, (events) => (ids(events).includes(bad) ? { ok: false, status: 500, type: "basic" } : accepted(events)));
  await sender.flush();
  assert.deepEqual(ids(queue.pending()), [bad]);
});

test("a server that fails over everything is left alone", async () => {
  const queue = await kept(...Array.from({ length: 30 }, () => touch()));
  const { sent, sender } = sending(queue, () => ({ ok: false, status: 500, type: "basic" }));
  await sender.flush();
  assert.ok(sent.length < 6, `${sent.length} requests`);
  assert.equal(queue.pending().length, 30);
});

test("after a new sign-in the page takes the new token and goes on", async () => {
  const queue = await kept(touch());
  const { sent, sender } = sending(queue, (events, turn) => (turn === 1 ? { ok: false, status: 400 } : accepted(events)));
  sender.renew = async () => true;
  await sender.flush();
  assert.equal(sent.length, 2);
  assert.equal(queue.all().length, 0);
});

test("a refused touch is kept with its reason until somebody decides", async () => {
  const [bad, good] = [touch(), touch()];
  const queue = await kept(bad, good);
  const refuse = (events) => ({ ...accepted(events), json: async () => ({ answers: events.map(({ id }) => (id === bad.id ? { id, verdict: "refused", problem: "確定済み" } : { id, verdict: "duplicate" })) }) });
  const { sent, sender } = sending(queue, refuse);
  await sender.flush();
  assert.equal(sent.length, 1);
  assert.deepEqual(queue.refused().map(({ id, problem }) => [id, problem]), [[bad.id, "確定済み"]]);
  assert.deepEqual(queue.changes(), {});
  assert.equal((await new TallyQueue("1", queue.store).load()).refused().length, 1);
  await queue.again();
  assert.deepEqual(queue.pending().map(({ id, problem }) => [id, problem]), [[bad.id, undefined]]);
  await queue.remove(bad.id);
  assert.equal(queue.store.rows.size, 0);
});

test("a row whose id the server cannot read is refused by its place", async () => {
  const [odd, good] = [{ ...touch(), id: "not a uuid" }, touch()];
  const queue = await kept(odd, good);
  const refuse = (events) => ({ ...accepted(events), json: async () => ({ answers: [{ row: 0, id: null, verdict: "refused", problem: "?" }, { row: 1, id: good.id, verdict: "accepted" }] }) });
  await sending(queue, refuse).sender.flush();
  assert.deepEqual([ids(queue.refused()), queue.pending().length], [[odd.id], 0]);
});

test("what meets a closed record waits and goes by itself once the record is open again", async () => {
  const queue = await kept(touch(), touch());
  const closed = (events) => ({ ...accepted(events), json: async () => ({ answers: events.map(({ id }) => ({ id, verdict: "closed", problem: "確定" })), open: false }) });
  const { sent, sender } = sending(queue, (events, turn) => (turn === 1 ? closed(events) : accepted(events)));
  await sender.flush();
  assert.deepEqual([sent.length, sender.open, queue.pending().length, queue.refused().length], [1, false, 2, 0]);
  await sender.flush();
  assert.deepEqual([sender.open, queue.all().length], [true, 0]);
});

test("asking sends no row, and only when none waits", async () => {
  const queue = await kept();
  const answers = [];
  const { sent, sender } = sending(queue, () => ({ ok: true, status: 200, json: async () => ({ answers: [], counts: { teen: 3 }, open: true, clock: "約2日進んでいます" }) }));
  sender.changed = (answer) => answers.push(answer.counts.teen);
  await sender.ask();
  assert.deepEqual([sent, answers, sender.clock], [[[]], [3], "約2日進んでいます"]);
  await queue.add(touch());
  await sender.ask();
  assert.equal(sent.length, 1);
});

test("each request says what the device holds, and when it is by its clock", async () => {
  const queue = await kept(...Array.from({ length: 30 }, () => touch()));
  const { bodies, sender } = sending(queue, accepted);
  await sender.flush();
  assert.deepEqual(bodies.map(({ unsent, device, gone }) => [unsent, device, gone]), [[30, "d", false], [5, "d", false]]);
  assert.ok(Math.abs(Date.parse(bodies[0].now) - Date.now()) < 5000);
  sender.leave();
  assert.equal(bodies.at(-1).gone, true);
});

test("a device knows of every opening what it still holds", async () => {
  const store = new Memory();
  for (const opening of ["7", "7", "12"]) await new TallyQueue(opening, store).add(touch());
  assert.deepEqual([...(await unsentByOpening(store))], [["7", 2], ["12", 1]]);
  assert.deepEqual([...(await unsentByOpening(null))], []);
});

test("an answer that leaves a row open does not ask for ever", async () => {
  const queue = await kept(touch());
  const { sent, sender } = sending(queue, () => ({ ...accepted([]) }));
  await sender.flush();
  assert.equal(sent.length, 1);
  assert.equal(queue.pending().length, 1);
});

test("what a device cannot store is held, sent, and not counted before the answer", async () => {
  const queue = await kept(touch());
  queue.store.room = 0;
  const one = touch();
  await assert.rejects(queue.add(one));
  queue.hold(one);
  assert.deepEqual([queue.changes(), queue.held().length, queue.pending().length], [{ teen: 1 }, 1, 2]);
  const { sent, sender } = sending(queue, accepted);
  await sender.flush();
  assert.deepEqual([sent.flat().length, queue.all().length], [2, 0]);
});

test("a browser that keeps nothing says so, and can still hold", async () => {
  const queue = await new TallyQueue("1", null).load();
  assert.equal(queue.lasting, false);
  await assert.rejects(queue.add(touch()));
  queue.hold(touch());
  await sending(queue, accepted).sender.flush();
  assert.equal(queue.all().length, 0);
  assert.equal(await openStore({ factory: { open() { throw new DOMException("private", "InvalidStateError"); } } }), null);
  assert.equal(await openStore({ factory: undefined }), null);
});

test("the last entries are the active ones of server and device together", () => {
  const known = [touch(), touch()];
  const [waiting, undo] = [touch(), { ...touch(), undo: true, undoes: known[0].id }];
  assert.deepEqual(liveEntries(known, [waiting, undo]), [waiting, known[1]]);
  assert.deepEqual(liveEntries([waiting, ...known], [waiting]), [waiting, ...known]);
});

test("the wire carries nothing but the touch and its author", () => {
  assert.deepEqual(Object.keys(wire({ ...touch(), order: 1, opening: "1", problem: "y", author: "a" })), ["id", "at", "key", "delta", "author"]);
  assert.deepEqual(Object.keys(wire({ ...touch(), undo: true, undoes: "z" })), ["id", "at", "undo", "undoes", "author"]);
});
