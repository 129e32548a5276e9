// The end of the day: the numbers, corrections with a reason, and 確定.
import { button, heading } from "./app.js";
import { sentAndStored, syncChip } from "./chip.js";
import { asked, day, h, say } from "./dom.js";
import { OTHERS } from "./words.js";

const MOST = 500;

export function endingScreen(app, id) {
  const opening = app.opening(id);
  const tiles = [...app.bandsOf(opening).map(({ tile }) => tile), ...OTHERS];
  const chip = syncChip(app);
  const body = h("tbody");
  const sum = h("td", { class: "ta-number", "data-sum": true });
  const unsent = h("p", { class: "ta-note", role: "status" });
  const closed = h("p", { class: "ta-note ta-note--good", role: "status", hidden: true });
  let before = "";

  async function close() {
    const { totals, closings } = app.state(id);
    const numbers = Object.fromEntries(tiles.map((tile) => [tile, totals[tile] ?? 0]));
    const sure = await asked("この人数で確定しますか", (answer) => h("div", {},
      h("p", {}, `来た人は、合わせて${app.visitors(opening)}人です。確定のあとに直すときは、責任者が記録を開き直します。`),
      h("div", { class: "ta-actions" }, button("確定する", () => answer(true)), button("やめる", () => answer(false), { kind: "text", autofocus: true }))));
    if (sure) await app.record(id, "closed", { totals: numbers, after: closings });
  }

  const end = button("確定", close, { "data-close": true });
  const element = h("main", { class: "ta-page" },
    h("div", { class: "ta-bar" }, h("p", { class: "ta-bar__station" }, app.device.device.station.name), chip.element),
    heading("この回のまとめ"),
    h("p", { class: "ta-lead" }, `${day(opening.on)} ${opening.starts_at}から${opening.ends_at}まで　${opening.venue}`),
    closed,
    unsent,
    h("table", { class: "ta-table" }, h("thead", {}, h("tr", {}, ["区分", "人数", "訂正"].map((one) => h("th", { scope: "col" }, one)))), body,
      h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "来た人の合計"), sum, h("td")))),
    h("div", { class: "ta-actions" },
      end,
      button("数える画面にもどる", () => app.go("counting", id), { kind: "secondary" }),
      button("ほかの回を選ぶ", async () => { await app.setPost(null); app.go("openings"); }, { kind: "text" })));

  function refresh() {
    chip.refresh();
    const state = app.state(id);
    const waiting = app.outbox.unsent()[id] ?? 0;
    say(unsent, waiting ? `この回の入力が${waiting}件、まだ送られていません。つながると自動で送ります。端末の電源を切っても消えません。` : `すべて送りました。${sentAndStored(app, id)}`);
    closed.hidden = state.open;
    say(closed, waiting ? "確定しました。まだ送られていません。" : "確定しました。");
    end.hidden = !state.open;
    unsent.classList.toggle("ta-note--good", !waiting);
    say(sum, app.visitors(opening));
    const now = JSON.stringify(state);
    if (now === before) return;
    before = now;
    body.replaceChildren(...tiles.map((tile) => h("tr", {},
      h("th", { scope: "row" }, app.nameOf(opening, tile)),
      h("td", { class: "ta-number", "data-total-of": tile }, state.totals[tile] ?? 0),
      h("td", {}, (state.corrections[tile]?.length ?? 0) > 1
        ? "責任者が確かめています"
        : button("直す", () => correct(app, opening, tile), { kind: "secondary", "aria-label": `${app.nameOf(opening, tile)}の人数を直す` })))));
  }
  return { element, refresh, guarded: true };
}

async function correct(app, opening, tile) {
  const state = app.state(opening.id);
  const now = state.totals[tile] ?? 0;
  const said = await asked(`${app.nameOf(opening, tile)}の人数を直す`, (close) => {
    const number = h("input", { id: "number", inputmode: "numeric", autocomplete: "off", value: now, autofocus: true, "aria-describedby": "correct-said" });
    const reason = h("input", { id: "reason", autocomplete: "off", maxlength: 200, "aria-describedby": "correct-said" });
    const problem = h("p", { id: "correct-said", role: "status" });
    const keep = (event) => {
      event.preventDefault();
      const typed = number.value.normalize("NFKC").trim();
      if (!/^\d{1,3}$/.test(typed) || Number(typed) > MOST) return say(problem, `0から${MOST}までの数字を入力してください。`);
      if (!reason.value.trim()) return say(problem, "理由を入力してください。");
      return close([Number(typed), reason.value.trim()]);
    };
    return h("form", { onsubmit: keep, novalidate: true },
      h("p", {}, `いまの人数：${now}人`),
      h("label", { for: "number" }, "正しい人数 ※必須"), number,
      h("label", { for: "reason" }, "理由 ※必須"), h("p", {}, "例：押し忘れ、押しまちがい。名前は書かないでください。"), reason,
      problem,
      h("div", { class: "ta-actions" }, h("button", { type: "submit", class: "ta-button" }, "直す"), button("やめる", () => close(), { kind: "text" })));
  });
  if (!said || said[0] === now) return;
  await app.record(opening.id, "correction", { tile, delta: said[0] - now, after: state.corrections[tile] ?? [], reason: said[1] });
}
