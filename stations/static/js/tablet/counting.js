// At the door: the whole tile is one more, a small button apart is one less, and the last one can be taken back.
import { button } from "./app.js";
import { syncChip } from "./chip.js";
import { clock, day, h, say } from "./dom.js";
import { pinEntered } from "./pin.js";
import { uuid7 } from "./uuid7.js";
import { LANGUAGES, OTHERS, wordsOf } from "./words.js";
import { writeNote } from "./notes.js";

const FLASH_MS = 150;
const COUNTING = "mt-tablet-counting";

export function countingScreen(app, id) {
  const opening = app.opening(id);
  const bands = app.bandsOf(opening);
  const chip = syncChip(app);
  const said = h("p", { class: "ta-hidden", role: "status", "data-said": true });
  const total = h("strong", { "data-total": true });
  const totalWords = h("span");
  const entries = h("ol", { class: "ta-last", tabindex: "0", "aria-label": "最後の5件", "data-last": true });
  const closed = h("p", { class: "ta-note", hidden: true }, "この回は確定しています。いま数えると、責任者に「確定のあとに変わった」と知らせます。");
  const who = button("", () => app.go("who", id), { kind: "text", "data-who": true });
  const language = h("select", { "aria-label": "ことば Language 语言", onchange: ({ target }) => app.setting("language", target.value).then(refresh) },
    LANGUAGES.map(([code, own]) => h("option", { value: code, selected: code === app.settings.language }, own)));
  let acts = Promise.resolve();

  /** One touch after the other: taking back must find the touch before it. */
  const touched = (act) => () => {
    const made = { id: uuid7(), at: new Date().toISOString() };
    acts = acts.then(() => act(made)).catch(console.error);
    return acts;
  };
  const name = (tile) => app.nameOf(opening, tile, app.settings.language);
  const now = (tile) => app.state(id).totals[tile] ?? 0;

  const count = (tile, delta) => touched(async (made) => {
    if (now(tile) + delta < 0) {
      app.sounds.play("problem");
      return say(said, "0より少なくはできません。");
    }
    const kept = await app.record(id, "count", { tile, delta }, made);
    return kept && confirm(tile, delta > 0 ? "counted" : "undone");
  });
  const undo = touched(async (made) => {
    const [last] = app.state(id).last;
    if (!last) return say(said, "取り消せる入力はありません。");
    const kept = await app.record(id, "undo", { undoes: last.id, takes: { tile: last.tile, delta: last.delta } }, made);
    return kept && confirm(last.tile, "undone");
  });
  function confirm(tile, sound) {
    app.sounds.play(sound);
    const shown = tiles.get(tile);
    shown?.element.classList.add("ta-tile--counted");
    setTimeout(() => shown?.element.classList.remove("ta-tile--counted"), FLASH_MS);
    say(said, `${name(tile)} ${now(tile)}`);
  }

  const tiles = new Map([...bands.map(({ tile, colour }) => [tile, makeTile(tile, colour)]), ...OTHERS.map((tile) => [tile, makeTile(tile, "beside")])]);
  function makeTile(tile, colour) {
    const [label, number] = [h("span", { class: "ta-tile__label" }), h("span", { class: "ta-tile__count", "data-count": true })];
    const [more, less] = [h("span", { class: "ta-hidden" }, " 1人ふやす"), h("span", { class: "ta-hidden" })];
    const element = h("div", { class: `ta-tile ta-tile--${colour}`, "data-tile": tile },
      h("button", { type: "button", class: "ta-tile__plus", onclick: count(tile, 1) }, label, number, more),
      h("span", { class: "ta-tile__gap" }, h("button", { type: "button", class: "ta-tile__minus", onclick: count(tile, -1) }, h("span", { "aria-hidden": "true" }, "−"), less)));
    return { element, label, number, less };
  }

  function refresh() {
    chip.refresh();
    const state = app.state(id);
    const words = wordsOf(app.settings.language);
    element.querySelector("[data-guests]").lang = words.lang;
    for (const [tile, { label, number, less }] of tiles) {
      say(label, name(tile));
      say(number, state.totals[tile] ?? 0);
      say(less, `${name(tile)} 1人へらす`);
    }
    say(total, app.visitors(opening));
    say(totalWords, words.total);
    say(who, `担当：${app.idle ? "—" : app.personName(app.post?.by)}`);
    closed.hidden = state.open;
    const rows = state.last.map((one) => `${clock(one.at)} ${name(one.tile)} ${one.delta > 0 ? "+" : "−"}${Math.abs(one.delta)}`);
    const before = [...entries.children].map(({ textContent }) => textContent);
    if (rows.join() !== before.join() || !before.length) entries.replaceChildren(...(rows.length ? rows : ["まだ入力はありません"]).map((one) => h("li", {}, one)));
  }

  const element = h("div", { class: "ta-counting" },
    h("header", { class: "ta-bar" },
      h("h1", { class: "ta-bar__station", tabindex: "-1" }, app.device.device.station.name),
      h("p", { class: "ta-bar__when" }, `${day(opening.on)} ${opening.starts_at}–${opening.ends_at}　${opening.venue}`),
      h("p", { class: "ta-bar__total" }, totalWords, " ", total),
      chip.element),
    said,
    closed,
    h("main", { "data-guests": true, lang: "ja" },
      h("div", { class: "ta-tiles" }, bands.map(({ tile }) => tiles.get(tile).element), tiles.get(OTHERS[0]).element),
      h("div", { class: "ta-tiles ta-tiles--small" }, OTHERS.slice(1).map((tile) => tiles.get(tile).element))),
    h("div", { class: "ta-more" },
      who,
      button("メモを書く", () => writeNote(app, id, "note"), { kind: "secondary" }),
      button("困ったこと・事故を記録する", () => writeNote(app, id, "incident"), { kind: "secondary" }),
      app.openingsToday().filter((one) => one.id !== id).map((one) => button(`${one.starts_at}からの回（${one.venue}）へ`, () => leave(() => app.go("who", one.id)), { kind: "secondary" })),
      button("終了（この回のまとめ）", async () => { if (await pinEntered(app)) app.go("ending", id); }),
      button("ほかの回を選ぶ", () => leave(() => app.go("openings")), { kind: "text" }),
      h("label", {}, "ことば ", language)),
    h("footer", { class: "ta-foot" },
      h("button", { type: "button", class: "ta-undo", onclick: undo }, "↩ 1つ取り消す"),
      entries));

  async function leave(then) {
    await app.setPost(null);
    then();
  }
  app.sync.watch = [id];
  const ended = holdCounting();
  return { element, refresh, leave() { app.sync.watch = []; ended(); } };
}

/** While this is held, no tab takes a new version. Returns what lets it go. */
function holdCounting() {
  let end;
  const until = new Promise((resolve) => { end = resolve; });
  navigator.locks?.request(COUNTING, { mode: "shared" }, () => until);
  return end;
}
