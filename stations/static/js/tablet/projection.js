// What a set of events says of an opening, as the server's stations/attendance/projection.py: any order and repetition
// give the same. Both are held to tests/attendance/projection_cases.json.
const MOST = 500;

const place = ({ at = 0, id }) => [at, id];

function latest(one, other) {
  const [[at, id], [otherAt, otherId]] = [place(one), place(other)];
  if (at !== otherAt) return at < otherAt ? -1 : 1;
  return id < otherId ? -1 : 1;
}

/** By opening: {totals, corrections, closings, open, questions}. */
export function project(events) {
  const facts = [...new Map(events.map((one) => [one.id, one])).values()];
  const named = (...kinds) => new Set(facts.filter((one) => kinds.includes(one.kind)).map((one) => one.undoes));
  const takenBack = named("undo", "moved");
  const undone = named("undo");
  const openings = new Map();
  for (const one of facts) {
    const here = openings.get(one.opening) ?? { counted: {}, facts: [] };
    openings.set(one.opening, here);
    here.facts.push(one);
    if (one.kind === "count") {
      const gone = takenBack.has(one.id) || undone.has(one.moved_from);
      here.counted[one.tile] = (here.counted[one.tile] ?? 0) + (gone ? 0 : one.delta);
    }
  }
  return new Map([...openings].map(([opening, here]) => [opening, combine(here.counted, here.facts)]));
}

function combine(counted, facts) {
  const corrections = byTile(facts.filter(({ kind }) => kind === "correction"));
  const totals = { ...counted };
  const known = {};
  const questions = [];
  for (const [tile, made] of corrections) {
    const last = heads(made);
    const values = last.map((one) => corrects(one, made));
    known[tile] = last.map(({ id }) => id);
    totals[tile] = (totals[tile] ?? 0) + values.at(-1);
    if (new Set(values).size > 1) questions.push("corrected_differently");
  }
  for (const [tile, number] of Object.entries(totals)) {
    if (number < 0) questions.push("below_zero");
    if (number > MOST) questions.push("above_most");
    totals[tile] = Math.max(0, number);
  }
  const last = heads(facts.filter(({ kind }) => kind === "closed" || kind === "reopened"));
  const open = !last.length || last.some(({ kind }) => kind !== "closed");
  questions.push(...aboutClosings(last, totals));
  return { totals, corrections: known, closings: last.map(({ id }) => id), open, questions: questions.sort() };
}

function byTile(corrections) {
  const groups = new Map();
  for (const one of corrections) groups.set(one.tile, [...(groups.get(one.tile) ?? []), one]);
  return groups;
}

/** Those that no other one names, the latest last. */
function heads(made) {
  const known = new Set(made.flatMap((one) => (one.after ?? []).filter((id) => id !== one.id)));
  const free = made.filter(({ id }) => !known.has(id));
  return (free.length ? free : [...made]).sort(latest);
}

/** What a correction and those before it, as its maker saw them, add. */
function corrects(head, made) {
  const byId = new Map(made.map((one) => [one.id, one]));
  const reached = new Set();
  let [added, ahead] = [0, head];
  while (ahead) {
    added += ahead.delta;
    reached.add(ahead.id);
    const known = [...new Set(ahead.after ?? [])].filter((id) => byId.has(id) && !reached.has(id)).map((id) => byId.get(id));
    ahead = known.length ? heads(known).at(-1) : null;
  }
  return added;
}

function aboutClosings(last, totals) {
  const numbers = (all) => JSON.stringify(Object.entries(all ?? {}).filter(([, number]) => number).sort());
  const closings = last.filter(({ kind }) => kind === "closed");
  const confirmed = closings.map((one) => numbers(one.totals));
  if (last.length > 1 && (closings.length < last.length || new Set(confirmed).size > 1)) return ["closed_differently"];
  return closings.length && confirmed.at(-1) !== numbers(totals) ? ["changed_since"] : [];
}

/** An opening of which nothing is known yet. */
export const NOTHING = { totals: {}, open: true, stored: 0, corrections: {}, closings: [], last: [] };

/**
 * How an opening stands on this tablet: what the server last said, and this tablet's events that it has not answered for.
 * @param {object} state the server's state of the opening
 * @param {object[]} held the tablet's events of this opening, in their order; those with a problem do not count
 */
export function shown(state, held) {
  const here = new Map(held.map((one) => [one.id, one]));
  const waiting = held.filter((one) => !one.problem);
  const undone = new Set(waiting.filter(({ kind }) => kind === "undo").map(({ undoes }) => undoes));
  const counts = waiting.filter((one) => one.kind === "count" && !undone.has(one.id));
  const totals = { ...state.totals };
  const add = (tile, delta) => { totals[tile] = (totals[tile] ?? 0) + delta; };
  const corrections = { ...state.corrections };
  let { closings, open } = state;
  for (const one of counts) add(one.tile, one.delta);
  for (const one of waiting) {
    if (one.kind === "undo" && one.takes && !here.has(one.undoes)) add(one.takes.tile, -one.takes.delta);
    if (one.kind === "correction") {
      add(one.tile, one.delta);
      corrections[one.tile] = [one.id];
    }
    if (one.kind === "closed") [closings, open] = [[one.id], false];
  }
  for (const tile of Object.keys(totals)) totals[tile] = Math.max(0, totals[tile]);
  const known = (state.last ?? []).filter(({ id }) => !here.has(id) && !undone.has(id));
  return { totals, corrections, closings, open, last: [...counts.reverse(), ...known].slice(0, 5) };
}
