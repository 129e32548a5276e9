// What all screens share: which one is shown, the tablet's data, recording an event, and the door that the PIN opens.
import { h, say, today } from "./dom.js";
import { NOTHING, shown } from "./projection.js";
import { uuid7 } from "./uuid7.js";
import { tileName } from "./words.js";

export const IDLE_MS = 5 * 60_000;

export class App {
  #view = null;
  #unlockedAt = 0;

  /** @param {{root: HTMLElement, store: object, outbox: object, sync: object, sounds: object, version: string}} parts */
  constructor(parts) {
    Object.assign(this, parts);
    this.screens = {};
    this.device = null; // what the server says of the tablet: {device, people, bands, openings, emergency}
    this.settings = { language: "staff", left: false, muted: false };
    this.post = null; // {opening, by}: where somebody counts
    this.lasting = null; // whether the browser has promised to keep the store
    this.newVersion = false;
  }

  /** Show a screen; reading begins at its heading. */
  go(name, ...details) {
    this.#view?.leave?.();
    this.#view = this.screens[name](this, ...details);
    this.name = name;
    this.root.replaceChildren(this.#view.element);
    this.refresh();
    scrollTo(0, 0);
    this.root.querySelector("h1")?.focus({ preventScroll: true });
  }

  refresh() {
    if (this.sync.refused && this.name !== "refused") return this.go("refused");
    if (!this.sync.refused && this.name === "refused") return this.go("start");
    return this.#view?.refresh?.();
  }

  // ---- what is known --------------------------------------------------------------------------------------------

  openings() {
    return this.device?.openings ?? [];
  }

  opening(id) {
    return this.openings().find((one) => one.id === id);
  }

  bandsOf(opening) {
    const bands = this.device.bands;
    return bands[opening.fiscal_year] ?? Object.values(bands)[0];
  }

  state(id) {
    return shown(this.outbox.states[id] ?? NOTHING, this.outbox.of(id));
  }

  visitors(opening) {
    const { totals } = this.state(opening.id);
    return this.bandsOf(opening).reduce((sum, { tile }) => sum + (totals[tile] ?? 0), 0);
  }

  nameOf(opening, tile, language = "staff") {
    return tileName(language, tile, this.bandsOf(opening).find((one) => one.tile === tile));
  }

  personName(id) {
    return this.device?.people.find((one) => one.id === id)?.name ?? "ほかの人";
  }

  openingsToday() {
    return this.openings().filter((one) => one.on === today() && one.status !== "cancelled");
  }

  // ---- what is done ---------------------------------------------------------------------------------------------

  /** Keep an event; resolves with it once it is on the disk. null: it is not, and has not happened. */
  async record(opening, kind, content = {}, made = { id: uuid7(), at: new Date().toISOString() }) {
    let event;
    try {
      event = await this.outbox.add({ ...made, opening, by: this.post?.by ?? null, kind, ...content });
    } catch {
      this.sounds.play("problem");
      this.warn("この端末に保存できませんでした。いまの1回は数えていません。紙に書いてください。");
      return null;
    }
    this.warn("");
    this.refresh();
    this.sync.run();
    return event;
  }

  /** Say over all screens what must not be missed. */
  warn(words) {
    const place = document.querySelector("[data-warning]");
    say(place, words);
    place.hidden = !words;
  }

  async setPost(post) {
    this.post = post;
    await this.store.write("post", post).catch(() => {});
  }

  async setting(name, value) {
    this.settings = { ...this.settings, [name]: value };
    this.applySettings();
    await this.store.write("settings", this.settings).catch(() => {});
  }

  applySettings() {
    this.sounds.muted = this.settings.muted;
    document.body.classList.toggle("ta-left", this.settings.left);
  }

  // ---- the PIN --------------------------------------------------------------------------------------------------

  /** Whether the PIN was entered a short while ago. */
  get unlocked() {
    return Date.now() - this.#unlockedAt < IDLE_MS;
  }

  unlock() {
    this.#unlockedAt = Date.now();
  }

  shut() {
    this.#unlockedAt = 0;
    if (this.#view?.guarded) this.go("start");
  }
}

/** A button. kind: "" | "secondary" | "text" | "danger". */
export function button(words, onclick, { kind = "", ...attributes } = {}) {
  return h("button", { type: "button", class: `ta-button${kind ? ` ta-button--${kind}` : ""}`, onclick, ...attributes }, words);
}

export function heading(words) {
  return h("h1", { tabindex: "-1" }, words);
}
