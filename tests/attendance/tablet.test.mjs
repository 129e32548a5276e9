// The tablet's modules without a browser: run by test_tablet_scripts.py with node's own test runner.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isPin, Tries } from "../../stations/static/js/tablet/lock.js";
import { exported, Outbox } from "../../stations/static/js/tablet/outbox.js";
import { NOTHING, project, shown } from "../../stations/static/js/tablet/projection.js";
import { backoff, Sync } from "../../stations/static/js/tablet/sync.js";
import { eventOf } from "../../stations/static/js/tablet/takeover.js";
import { uuid7 } from "../../stations/static/js/tablet/uuid7.js";
import { LANGUAGES, OTHERS, tileName, wordsOf } from "../../stations/static/js/tablet/words.js";

/** Anything like Store; `room`: how many more events it takes. */
class Memory {
  rows = new Map();
  known = new Map();
  seq = 0;
  room = Infinity;

  async add(event) {
    if (this.room <= 0) throw new DOMException("full", "QuotaExceededError");
    this.room -= 1;
    const kept = { ...event, seq: (this.seq += 1) };
    this.rows.set(kept.seq, kept);
    return kept;
  }

  async events() { return [...this.rows.values()].sort((one, other) => one.seq - other.seq); }
  async read(name) { return this.known.get(name); }
  async write(name, value) { this.known.set(name, value); }
  async settle({ gone = [], changed = [], known = {} }) {
    for (const seq of gone) this.rows.delete(seq);
    for (const event of changed) this.rows.set(event.seq, event);
    for (const [name, value] of Object.entries(known)) this.known.set(name, value);
  }
}

const AT = "2026-11-30T01:00:00.000Z";
const count = (tile = "teen", delta = 1) => ({ id: uuid7(), at: AT, opening: 1, by: null, kind: "count", tile, delta });
const undo = (event) => ({ id: uuid7(), at: AT, opening: 1, kind: "undo", undoes: event.id, takes: { tile: event.tile, delta: event.delta } });
const ids = (events) => events.map(({ id }) => id);
const filled = async (...events) => {
  const outbox = await new Outbox(new Memory()).load();
  for (const one of events) await outbox.add(one);
  return outbox;
};
const json = (status, body, headers = {}) => new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
const accepted = ({ events }) => ({ clock_ahead_seconds: 0, openings: [], verdicts: events.map(({ id }, row) => ({ row, id, verdict: "accepted", reason: null })) });

/** A server that answers with answers[0], answers[1], … and the last one from then on; functions are asked. */
function serving(outbox, ...answers) {
  const bodies = [];
  const time = { now: 1_000_000 };
  const send = async (_url, { body, headers }) => {
    const text = headers["Content-Encoding"] ? await new Response(body.stream().pipeThrough(new DecompressionStream("gzip"))).text() : body;
    bodies.push(JSON.parse(text));
    const answer = answers[Math.min(bodies.length, answers.length) - 1];
    return typeof answer === "function" ? answer(bodies.at(-1)) : answer.clone();
  };
  const sync = new Sync({ outbox, version: "v", send, locks: null, now: () => time.now });
  return { sync, bodies, time };
}
const ok = (body) => json(200, accepted(body));

// ---- ids ----------------------------------------------------------------------------------------------------------

test("an id holds the time, and sorts by it", () => {
  const [one, later] = [uuid7(1_764_500_000_000), uuid7(1_764_500_000_001)];
  assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(one < later);
  assert.equal(parseInt(one.replace("-", "").slice(0, 12), 16), 1_764_500_000_000);
  assert.equal(new Set(Array.from({ length: 1_000 }, () => uuid7(0))).size, 1_000);
});

// ---- projection ---------------------------------------------------------------------------------------------------

const CASES = new URL("projection_cases.json", import.meta.url);
for (const { name, events, openings } of JSON.parse(readFileSync(CASES, "utf8"))) {
  test(`shared case: ${name}`, () => {
    const facts = events.map((one) => ({ opening: 1, at: 0, ...one }));
    for (const made of [facts, [...facts].reverse(), [...facts, ...facts]]) {
      const said = project(made);
      for (const [opening, expected] of Object.entries(openings)) {
        const says = said.get(Number(opening));
        const totals = Object.fromEntries(Object.entries(says.totals).filter(([, number]) => number));
        assert.deepEqual(totals, expected.totals);
        assert.equal(says.open, expected.open ?? true);
        assert.deepEqual(says.questions, expected.questions ?? []);
        assert.deepEqual(says.corrections, expected.corrections ?? {});
        assert.deepEqual(says.closings, expected.closings ?? []);
      }
    }
  });
}

test("what is shown is what the server has and what is still here", () => {
  const known = { id: "k", at: AT, tile: "teen", delta: 1 };
  const state = { ...NOTHING, totals: { teen: 3 }, last: [known] };
  const [one, two] = [count(), count("staff")];
  assert.deepEqual(shown(state, [one, two]).totals, { teen: 4, staff: 1 });
  assert.deepEqual(ids(shown(state, [one, two]).last), [two.id, one.id, "k"]);
  assert.deepEqual(shown(state, [one, undo(one)]).totals, { teen: 3 });
  assert.deepEqual(ids(shown(state, [one, undo(one), undo(known)]).last), []);
  assert.deepEqual(shown(state, [undo(known)]).totals, { teen: 2 });
  const refused = { ...one, problem: { verdict: "rejected" } };
  assert.deepEqual(shown(state, [refused, undo(one)]).totals, { teen: 3 }, "the undo of what was refused takes nothing away");
});

test("for one tablet alone, shown is what the projection of its events says", () => {
  const dice = ((seed) => () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647)(7);
  for (let round = 0; round < 100; round += 1) {
    const made = [];
    for (let n = 0; n < 12; n += 1) {
      const now = shown(NOTHING, made);
      if (dice() < 0.3 && now.last.length) made.push(undo(now.last[0]));
      else if (dice() < 0.2) made.push({ id: uuid7(), at: AT, opening: 1, kind: "correction", tile: "teen", delta: 1, after: now.corrections.teen ?? [] });
      else if (dice() < 0.1) made.push({ id: uuid7(), at: AT, opening: 1, kind: "closed", totals: now.totals, after: now.closings });
      else made.push(count(["teen", "staff"][Math.floor(dice() * 2)]));
    }
    const says = project(made).get(1);
    const now = shown(NOTHING, made);
    const numbers = (totals) => Object.fromEntries(Object.entries(totals).filter(([, number]) => number).sort());
    assert.deepEqual(numbers(now.totals), numbers(says.totals));
    assert.deepEqual([now.open, now.closings, now.corrections], [says.open, says.closings, says.corrections]);
  }
});

// ---- outbox -------------------------------------------------------------------------------------------------------

test("an event counts once it is stored, not before", async () => {
  const outbox = await filled(count());
  outbox.store.room = 0;
  await assert.rejects(outbox.add(count()), { name: "QuotaExceededError" });
  assert.equal(outbox.all().length, 1);
  outbox.store.room = 1;
  assert.equal((await outbox.add(count())).seq, 2, "and the next one is kept again");
});

test("only what the server clearly has is taken away", async () => {
  const events = Array.from({ length: 6 }, () => count());
  const outbox = await filled(...events);
  const batch = outbox.waiting();
  const verdict = (row, verdict, id = batch[row]?.id) => ({ row, id, verdict, reason: "見本" });
  await outbox.settle(batch, {
    openings: [{ id: 1, ...NOTHING, totals: { teen: 2 } }],
    verdicts: [verdict(0, "accepted"), verdict(1, "duplicate"), verdict(2, "rejected"), verdict(3, "conflict", null), verdict(4, "perhaps"), verdict(5, "accepted", uuid7()), verdict(9, "accepted")],
  });
  assert.deepEqual(ids(outbox.refused()), [batch[2].id, batch[3].id]);
  assert.deepEqual(ids(outbox.waiting()), [batch[4].id, batch[5].id]);
  assert.deepEqual(outbox.sent, { 1: 2 });
  assert.equal(shown(outbox.states[1], outbox.of(1)).totals.teen, 4);
  const again = await new Outbox(outbox.store).load();
  assert.deepEqual([ids(again.all()), again.sent], [ids(outbox.all()), outbox.sent], "and all of it is on the disk");
  await again.again();
  assert.deepEqual(ids(again.waiting()), ids(batch.slice(2)));
});

test("what the server says of an opening is not believed while something is on its way", async () => {
  const outbox = await filled(count());
  await outbox.learn([{ id: 1, ...NOTHING, totals: { teen: 1 }, stored: 1 }, { id: 2, ...NOTHING, totals: { teen: 5 }, stored: 3 }]);
  assert.deepEqual([outbox.states[1], outbox.states[2].totals, outbox.sent], [undefined, { teen: 5 }, { 2: 3 }]);
});

test("the file holds everything, and says why", async () => {
  const outbox = await filled(count(), count("staff"));
  await outbox.settle(outbox.waiting().slice(0, 1), { verdicts: [{ row: 0, id: outbox.all()[0].id, verdict: "rejected", reason: "見本の理由" }] });
  const file = JSON.parse(exported(outbox, { id: "d", name: "受付1", station: { id: 3 }, pin: { hash: "secret" } }));
  assert.deepEqual([file.refused.map(({ tile, reason }) => [tile, reason]), file.unsent.map(({ tile }) => tile)], [[["teen", "見本の理由"]], ["staff"]]);
  assert.ok(!JSON.stringify(file).includes("secret"));
});

// ---- sync ---------------------------------------------------------------------------------------------------------

test("everything is sent in its order, packed, and what it says of itself goes along", async () => {
  const outbox = await filled(...Array.from({ length: 1_001 }, () => count()));
  const { sync, bodies } = serving(outbox, ok);
  sync.watch = [1];
  await sync.run();
  assert.deepEqual(bodies.map(({ events }) => events.length), [1_000, 1]);
  assert.deepEqual([bodies[0].unsent, bodies[0].watch, bodies[0].version], [{ 1: 1_001 }, [1], "v"]);
  assert.deepEqual(bodies[0].events.map(({ seq }) => seq).slice(0, 3), [1, 2, 3]);
  assert.equal(outbox.all().length, 0);
});

test("an undo sends whom it undoes, and nothing that is only kept here", async () => {
  const event = count();
  const { sync, bodies } = serving(await filled(event, undo(event)), ok);
  await sync.run();
  assert.deepEqual(Object.keys(bodies[0].events[1]).sort(), ["at", "id", "kind", "opening", "seq", "undoes"]);
});

const BROKEN = {
  "500": json(500, "<h1>oops</h1>"),
  garbage: json(200, "<html>Wi-Fi login</html>"),
  "another shape": json(200, { verdicts: "none" }),
  "a list": json(200, []),
  "half an answer": json(200, '{"verdicts": [{"row": 0, "id"'),
  "502": json(502, ""),
  "a page elsewhere": json(302, ""),
};
for (const [name, answer] of Object.entries(BROKEN)) {
  test(`${name}: everything stays, and is sent once the server is well`, async () => {
    const outbox = await filled(count(), count());
    const { sync, time } = serving(outbox, answer, ok);
    await sync.run();
    assert.equal(outbox.waiting().length, 2);
    assert.ok(sync.failed);
    await sync.run();
    assert.equal(outbox.waiting().length, 2, "not at once again");
    time.now = sync.until;
    await sync.run();
    assert.deepEqual([outbox.all(), sync.failed], [[], null]);
  });
}

test("no network: everything stays; by hand it is tried at once", async () => {
  const outbox = await filled(count());
  const { sync } = serving(outbox, () => { throw new TypeError("offline"); }, ok);
  await sync.run();
  assert.equal(sync.failed.why, "network");
  await sync.run({ byHand: true });
  assert.equal(outbox.all().length, 0);
});

for (const [status, body, refused] of [[401, { code: "revoked" }, "revoked"], [401, { code: "unknown" }, "unknown"], [403, "no", "forbidden"]]) {
  test(`${status} ${refused}: the queue stays and the tablet locks, until it is taken again`, async () => {
    const outbox = await filled(count());
    const { sync } = serving(outbox, json(status, body), ok);
    await sync.run();
    assert.deepEqual([sync.refused, outbox.waiting().length], [refused, 1]);
    await sync.run({ byHand: true });
    assert.deepEqual([sync.refused, outbox.all().length], [null, 0]);
  });
}

test("429: not before the server says so, not even by hand", async () => {
  const outbox = await filled(count());
  const { sync, bodies, time } = serving(outbox, json(429, {}, { "Retry-After": "120" }), ok);
  await sync.run();
  time.now += 119_000;
  await sync.run({ byHand: true });
  assert.equal(bodies.length, 1);
  time.now += 2_000;
  await sync.run({ byHand: true });
  assert.deepEqual([bodies.length, outbox.all().length], [2, 0]);
});

test("413: half as much at a time", async () => {
  const outbox = await filled(...Array.from({ length: 10 }, () => count()));
  const { sync, bodies } = serving(outbox, (body) => (body.events.length > 3 ? json(413, "") : ok(body)));
  await sync.run();
  assert.deepEqual(bodies.map(({ events }) => events.length), [10, 5, 2, 2, 2, 2, 2]);
  assert.equal(outbox.all().length, 0);
});

test("one event over which the server fails holds no other up", async () => {
  const outbox = await filled(...Array.from({ length: 5 }, () => count()));
  const bad = outbox.all()[2].id;
  const { sync, time } = serving(outbox, (body) => (ids(body.events).includes(bad) ? json(500, "") : ok(body)));
  await sync.run();
  assert.equal(outbox.waiting().length, 5, "the first time it is left alone");
  time.now = sync.until;
  await sync.run();
  assert.deepEqual(ids(outbox.waiting()), [bad]);
});

test("an event that is never answered for is asked about once a run", async () => {
  const outbox = await filled(count());
  const { sync, bodies } = serving(outbox, json(200, { verdicts: [], openings: [] }));
  await sync.run();
  assert.deepEqual([bodies.length, outbox.waiting().length], [1, 1]);
});

test("a touch during a run goes out right after it", async () => {
  const outbox = await filled(count());
  let made = false;
  const { sync, bodies } = serving(outbox, async (body) => {
    if (!made) { made = true; await outbox.add(count("staff")); sync.run(); }
    return ok(body);
  });
  await sync.run();
  assert.deepEqual([outbox.all().length, bodies.filter(({ events }) => events.length).length], [0, 2]);
});

test("waiting grows, never beyond five minutes, and differs", () => {
  assert.deepEqual([backoff(1, 1), backoff(2, 1), backoff(20, 1)], [2_000, 4_000, 300_000]);
  assert.equal(backoff(1, 0), 1_000);
});

// ---- the PIN, old touches, words -----------------------------------------------------------------------------------

const PIN = { salt: "AAECAwQFBgcICQoLDA0ODw==", iterations: 100_000, hash: process.env.PIN_HASH };

test("the PIN is what the server would take, in full-width digits too", async () => {
  assert.ok(await isPin("2580", PIN));
  assert.ok(await isPin(" ２５８０", PIN));
  assert.ok(!(await isPin("2581", PIN)));
  assert.ok(!(await isPin("", PIN)));
});

test("five wrong tries cost a minute, also after a reload", async () => {
  const [store, time] = [new Memory(), { now: 0 }];
  const tries = () => new Tries(store, () => time.now);
  for (let n = 0; n < 4; n += 1) await tries().note(false);
  assert.equal(await tries().wait(), 0);
  await tries().note(false);
  assert.equal(await tries().wait(), 60);
  time.now = 60_000;
  assert.equal(await tries().wait(), 0);
});

test("old touches become events with their ids and times; what is none is left", () => {
  const touch = { id: "8b3f4e7e-0000-4000-8000-000000000001", at: AT, opening: "12", key: "teen", delta: 1, author: "x", order: 3 };
  assert.deepEqual(eventOf(touch), { id: touch.id, at: AT, opening: 12, by: null, old: true, kind: "count", tile: "teen", delta: 1 });
  assert.deepEqual(eventOf({ ...touch, undo: true, undoes: "u", delta: -1 }), { id: touch.id, at: AT, opening: 12, by: null, old: true, kind: "undo", undoes: "u", takes: { tile: "teen", delta: 1 } });
  for (const broken of [{ opening: "x" }, { id: 3 }, { delta: 0 }, { key: undefined }, { at: null }]) assert.equal(eventOf({ ...touch, ...broken }), null);
});

test("each language has a word for each tile that has no label of its own", () => {
  const band = { label: "小学生", label_en: "Primary school" };
  for (const [code] of LANGUAGES) {
    for (const tile of OTHERS) assert.ok(wordsOf(code).tiles[tile], `${code} ${tile}`);
    assert.ok(tileName(code, "fy2027_1", band));
  }
  assert.deepEqual([tileName("en", "elementary", band), tileName("staff", "elementary", band), tileName("zh", "fy2027_1", band)], ["Primary school", "小学生", "小学生"]);
});
