// Where a device keeps its touches until the server has answered for them: one row per touch in IndexedDB, each written
// with strict durability, so that what was acknowledged outlives a killed browser and an empty battery. (localStorage
// reaches the disk seconds later.) Knows no page and no network.
const NAME = "mt-tally";
const TOUCHES = "touches";
const OPEN_TIMEOUT_MS = 5_000;
const OLD_PREFIX = "mt-tally:"; // touches that an earlier version of these pages left in localStorage

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** The store of this browser; null where it lets no page keep anything (as in some private windows). */
export async function openStore({ factory = globalThis.indexedDB, old = globalThis.localStorage } = {}) {
  try {
    const store = new TouchStore(await inTime(connect(factory)));
    await takeOver(store, old);
    return store;
  } catch {
    return null;
  }
}

function inTime(work) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no answer")), OPEN_TIMEOUT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}

async function connect(factory) {
  const asked = factory.open(NAME, 1);
  asked.onupgradeneeded = () => {
    // The key grows by itself: rows stay in the order of the touches, whatever the device's clock says.
    const touches = asked.result.createObjectStore(TOUCHES, { keyPath: "order", autoIncrement: true });
    touches.createIndex("opening", "opening");
    touches.createIndex("id", "id", { unique: true });
  };
  const database = await done(asked);
  database.onversionchange = () => database.close(); // a newer version of these pages must not wait for this tab
  return database;
}

export class TouchStore {
  #database;

  constructor(database) {
    this.#database = database;
  }

  /** Resolves with the kept row once it is on the disk; rejects when it cannot be kept. */
  add(touch) {
    return this.#write((touches) => touches.add(touch), (order) => ({ ...touch, order }));
  }

  /** Write a kept row again. */
  put(touch) {
    return this.#write((touches) => touches.put(touch));
  }

  remove(order) {
    return this.#write((touches) => touches.delete(order));
  }

  /** The rows of one opening, or all, in the order of the touches. */
  all(opening) {
    const touches = this.#database.transaction(TOUCHES, "readonly").objectStore(TOUCHES);
    return done(opening === undefined ? touches.getAll() : touches.index("opening").getAll(opening))
      .then((rows) => rows.sort((one, other) => one.order - other.order));
  }

  #write(change, answer = () => undefined) {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(TOUCHES, "readwrite", { durability: "strict" });
      const request = change(transaction.objectStore(TOUCHES));
      // Not the request's success: only a completed transaction is on the disk.
      transaction.oncomplete = () => resolve(answer(request.result));
      transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  }
}

/** Move what an earlier version kept in localStorage; each row leaves there only when it is safe here. */
async function takeOver(store, old) {
  const keys = Array.from({ length: old?.length ?? 0 }, (_one, n) => old.key(n)).filter((key) => key.startsWith(OLD_PREFIX));
  if (!keys.length) return;
  const kept = new Set((await store.all()).map(({ id }) => id)); // another tab, or a browser killed midway
  for (const key of keys.sort()) {
    const touch = oldTouch(key, old.getItem(key));
    if (!touch) continue; // not ours to lose: what cannot be read stays where it is
    if (!kept.has(touch.id)) await store.add(touch);
    old.removeItem(key);
  }
}

function oldTouch(key, text) {
  try {
    const { order: _order, ...touch } = JSON.parse(text);
    return typeof touch.id === "string" ? { ...touch, opening: key.split(":")[1] } : null;
  } catch {
    return null;
  }
}
