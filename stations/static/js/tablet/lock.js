// The PIN of the settings, known without a network: PBKDF2-SHA-256 as the server computes it.
const MOST_TRIES = 5;
const PAUSE_MS = 60_000;

const bytes = (base64) => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));

/** @param {string} typed @param {{salt: string, iterations: number, hash: string}} pin */
export async function isPin(typed, { salt, iterations, hash }) {
  const digits = typed.normalize("NFKC").trim();
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(digits), "PBKDF2", false, ["deriveBits"]);
  const known = bytes(hash);
  const made = new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations }, key, known.length * 8));
  return made.every((one, n) => one === known[n]);
}

/** Counts wrong tries: after five, a minute's pause. Kept in the store, so that a reload does not begin again. */
export class Tries {
  constructor(store, now = Date.now) {
    Object.assign(this, { store, now });
  }

  /** How many seconds to wait before the next try; 0 when one may be made. */
  async wait() {
    const { until = 0 } = (await this.store.read("tries")) ?? {};
    return Math.max(0, Math.ceil((until - this.now()) / 1_000));
  }

  async note(right) {
    const { wrong = 0 } = (await this.store.read("tries")) ?? {};
    const now = right ? 0 : wrong + 1;
    await this.store.write("tries", now >= MOST_TRIES ? { wrong: 0, until: this.now() + PAUSE_MS } : { wrong: now });
  }
}
