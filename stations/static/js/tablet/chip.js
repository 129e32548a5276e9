// How the sending goes: a chip in the bar, and what stands behind it.
import { button } from "./app.js";
import { asked, clock, h, say } from "./dom.js";

const WHY = {
  network: "つながりませんでした", garbage: "返事を読み取れませんでした", busy: "混み合っています", store: "この端末に保存できませんでした", refused: "この端末の登録を確かめられませんでした",
};
const ICONS = { sent: "✓", waiting: "↻", failed: "!" };
const WRONG_CLOCK_SECONDS = 120;

function stateOf(app) {
  if (app.outbox.refused().length) return "failed";
  return app.outbox.waiting().length ? "waiting" : "sent";
}

/** The chip: {element, refresh}. */
export function syncChip(app) {
  const [icon, text] = [h("span", { "aria-hidden": "true" }), h("span")];
  const element = h("button", { type: "button", onclick: () => showPanel(app), "data-chip": true }, icon, text);
  function refresh() {
    const state = stateOf(app);
    element.className = `ta-chip ta-chip--${state}`;
    say(icon, ICONS[state]);
    say(text, {
      failed: "送れないデータがあります",
      waiting: `未送信 ${app.outbox.waiting().length}件・自動で送ります`,
      sent: `送信済み${app.sync.succeeded ? ` ${clock(app.sync.succeeded)}` : ""}`,
    }[state]);
  }
  return { element, refresh };
}

/** 「送信 42件＝保存 42件」 of an opening. */
export function sentAndStored(app, opening) {
  const sent = app.outbox.sent[opening] ?? 0;
  const stored = app.outbox.states[opening]?.stored ?? 0;
  return `送信 ${sent}件${sent === stored ? "＝" : "・"}保存 ${stored}件`;
}

export function failureWords({ failed }) {
  if (!failed) return "ありません";
  const status = failed.why.startsWith("status ") ? `サーバーの調子がよくありません（${failed.why.slice(7)}）` : WHY[failed.why];
  return `${clock(failed.at)} ${status}`;
}

async function showPanel(app) {
  const { sync, outbox } = app;
  const choice = await asked("送信のようす", (close) => h("div", {},
    h("dl", { class: "ta-facts" },
      fact("最後に送れた時刻", sync.succeeded ? clock(sync.succeeded) : "まだありません"),
      fact("最後の失敗", failureWords(sync)),
      fact("未送信", `${outbox.waiting().length}件`),
      app.post && fact("この回", sentAndStored(app, app.post.opening)),
      Math.abs(sync.clockAhead) > WRONG_CLOCK_SECONDS && fact("時計", "この端末の時計が合っていません。人数は正しく数えています"),
    ),
    h("p", {}, "つながらないときも数えられます。入力はこの端末に残り、つながると自動で送ります。"),
    h("div", { class: "ta-actions" },
      button("今すぐ送信", () => close("send"), { autofocus: true }),
      outbox.refused().length > 0 && button("送れないデータを見る", () => close("refused"), { kind: "secondary" }),
      button("閉じる", () => close(), { kind: "text" }),
    )));
  if (choice === "send") {
    await sync.run({ byHand: true });
    app.refresh();
  }
  if (choice === "refused") app.go("problems");
}

export function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}
