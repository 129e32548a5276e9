// Where the tablet keeps its events until the server has answered for them, and what it knows. Written with strict
// durability: what was acknowledged outlives a killed browser and an empty battery. Knows no page and no network.
const NAME = "mt-tablet";
const EVENTS = "events";
const KNOWN = "known";
const OPEN_TIMEOUT_MS = 5_000;

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** The store of this browser, after a row has been written and taken away again; rejects where it keeps nothing. */
export async function openStore(factory = globalThis.indexedDB) {
  if (!factory) throw new Error("no IndexedDB");
  const store = new Store(await inTime(connect(factory)));
  await store.write("probe", "x".repeat(10_000));
  await store.write("probe", "");
  return store;
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
    // The key is the device's sequence: it grows by itself, and does not go back when rows are taken away.
    const events = asked.result.createObjectStore(EVENTS, { keyPath: "seq", autoIncrement: true });
    events.createIndex("id", "id", { unique: true });
    asked.result.createObjectStore(KNOWN);
  };
  const database = await done(asked);
  database.onversionchange = () => database.close(); // a newer version of this page must not wait for this tab
  return database;
}

export class Store {
  #database;

  constructor(database) {
    this.#database = database;
  }

  /** Resolves with the kept event once it is on the disk; rejects when it cannot be kept. */
  add(event) {
    return this.#change((events) => events.add(event), (seq) => ({ ...event, seq }));
  }

  /** All events that are kept, in the order in which they were made. */
  events() {
    return done(this.#database.transaction(EVENTS).objectStore(EVENTS).getAll());
  }

  /** What is known under a name; undefined when nothing is. */
  read(name) {
    return done(this.#database.transaction(KNOWN).objectStore(KNOWN).get(name));
  }

  write(name, value) {
    return this.settle({ known: { [name]: value } });
  }

  /** In one piece: take events away by their seq, write others again, and keep what is now known. */
  settle({ gone = [], changed = [], known = {} }) {
    return this.#change((events, facts) => {
      for (const seq of gone) events.delete(seq);
      for (const event of changed) events.put(event);
      for (const [name, value] of Object.entries(known)) facts.put(value, name);
    });
  }

  #change(change, answer = () => undefined) {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction([EVENTS, KNOWN], "readwrite", { durability: "strict" });
      // Not the request's success: only a completed transaction is on the disk.
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
      try {
        const request = change(transaction.objectStore(EVENTS), transaction.objectStore(KNOWN));
        transaction.oncomplete = () => resolve(answer(request?.result));
      } catch (error) {
        transaction.abort();
        reject(error);
      }
    });
  }
}
