// Touches that the earlier counting page left in this browser become events with their own ids and times.
const OLD = "mt-tally";
const TOUCHES = "touches";

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** An event of an old touch; null for what is none. */
export function eventOf({ id, at, opening, key, delta, undo, undoes }) {
  const number = Number(opening);
  if (typeof id !== "string" || typeof at !== "string" || !Number.isInteger(number) || number < 1) return null;
  const event = { id, at, opening: number, by: null, old: true };
  if (undo) return typeof undoes === "string" ? { ...event, kind: "undo", undoes, takes: { tile: key, delta: -delta } } : null;
  return typeof key === "string" && Number.isInteger(delta) && delta ? { ...event, kind: "count", tile: key, delta } : null;
}

/** Take over the touches of these openings; returns how many. Each leaves its old place only when it is safe in the new. */
export async function takeOver(outbox, openings, factory = globalThis.indexedDB) {
  const old = await opened(factory);
  if (!old) return 0;
  const known = new Set(outbox.all().map(({ id }) => id));
  const mine = (await done(old.transaction(TOUCHES).objectStore(TOUCHES).getAll()))
    .sort((one, other) => one.order - other.order)
    .map((touch) => [touch, eventOf(touch)])
    .filter(([, event]) => event && openings.has(event.opening));
  for (const [touch, event] of mine) {
    if (!known.has(event.id)) await outbox.add(event);
    await done(old.transaction(TOUCHES, "readwrite", { durability: "strict" }).objectStore(TOUCHES).delete(touch.order));
  }
  old.close();
  return mine.length;
}

/** The old store; null where there is none, and then none is made. */
async function opened(factory) {
  const asked = factory.open(OLD);
  asked.onupgradeneeded = () => asked.transaction.abort();
  try {
    const database = await done(asked);
    if (database.objectStoreNames.contains(TOUCHES)) return database;
    database.close();
  } catch {
    // There was none.
  }
  return null;
}
