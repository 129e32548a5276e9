// Screens of those who look after the tablet: its settings, what cannot be sent, and what to do when it is not enrolled.
import { button, heading } from "./app.js";
import { failureWords, fact, syncChip } from "./chip.js";
import { clock, day, download, h, say } from "./dom.js";
import { exported } from "./outbox.js";
import { pinEntered } from "./pin.js";
import { LANGUAGES } from "./words.js";

const ENROL = "/tablet/enrol";
const KINDS = { started: "数え始め", undo: "取り消し", correction: "訂正", closed: "確定", note: "メモ", incident: "困ったこと・事故" };

function save(app) {
  const device = app.device?.device;
  download(`tablet-${device?.name ?? "unknown"}-${new Date().toISOString().slice(0, 10)}.json`, exported(app.outbox, device));
}

export function settingsScreen(app) {
  const { device } = app.device;
  const check = (name, words) => h("label", { class: "ta-check" }, h("input", { type: "checkbox", checked: app.settings[name], onchange: ({ target }) => app.setting(name, target.checked) }), words);
  return {
    guarded: true,
    element: h("main", { class: "ta-page" },
      heading("設定"),
      check("left", "左ききの並び（「−」と「取り消す」を左に）"),
      check("muted", "音を出さない"),
      h("label", { for: "language" }, "来た方に見えることば"),
      h("select", { id: "language", onchange: ({ target }) => app.setting("language", target.value) }, LANGUAGES.map(([code, own]) => h("option", { value: code, selected: code === app.settings.language }, own))),
      h("h2", {}, "この端末"),
      h("dl", { class: "ta-facts" },
        fact("ステーション", device.station.name), fact("端末の名前", device.name), fact("最後の失敗", failureWords(app.sync)),
        fact("保存", app.lasting ? "ブラウザが残すと約束しています" : "約束されていません。ホーム画面に追加してください"), fact("版", app.version)),
      h("p", {}, "別のステーションで使うときや暗証番号を忘れたときは、登録し直します。送っていない入力は、先に送るか書き出してください。"),
      h("div", { class: "ta-actions" },
        button("もどる", () => app.go("start")),
        button("送れないデータ・書き出し", () => app.go("problems"), { kind: "secondary" }),
        h("a", { class: "ta-button ta-button--secondary", href: ENROL }, "端末を登録し直す"))),
  };
}

/** 送れないデータ: what the server has refused, with its reasons. Nothing here is thrown away. */
export function problemsScreen(app) {
  const list = h("ul", { class: "ta-problems" });
  const left = h("p", { role: "status" });
  const chip = syncChip(app);
  const element = h("main", { class: "ta-page" },
    h("div", { class: "ta-bar" }, h("p", { class: "ta-bar__station" }, "送信"), chip.element),
    heading("送れないデータ"),
    h("p", {}, "受け取られなかった入力です。消えずに、この端末に残っています。書き出して、市の担当者に見せてください。"),
    left,
    list,
    h("div", { class: "ta-actions" },
      button("ファイルに書き出す", async () => { if (await pinEntered(app)) save(app); }),
      button("もう一度送る", async () => { await app.outbox.again(); await app.sync.run({ byHand: true }); app.refresh(); }, { kind: "secondary" }),
      button("もどる", () => app.go("start"), { kind: "text" })));
  function refresh() {
    chip.refresh();
    const refused = app.outbox.refused();
    say(left, `送れないデータ ${refused.length}件、未送信 ${app.outbox.waiting().length}件`);
    list.replaceChildren(...refused.map((one) => h("li", {}, `${where(app, one)} ${clock(one.at)} ${what(app, one)} — ${one.problem.reason ?? "理由はわかりません"}`)));
  }
  return { element, refresh };
}

function where(app, { opening: id }) {
  const opening = app.opening(id);
  return opening ? `${day(opening.on)} ${opening.starts_at}` : `回 ${id}`;
}

function what(app, { opening: id, kind, tile, delta }) {
  if (kind !== "count") return KINDS[kind] ?? kind;
  const opening = app.opening(id);
  return `${opening ? app.nameOf(opening, tile) : tile} ${delta > 0 ? "+" : "−"}${Math.abs(delta)}`;
}

/** The server does not take what this tablet sends: nothing is counted, and nothing is lost. */
export function refusedScreen(app) {
  const left = app.outbox.all().length;
  const why = { revoked: "この端末の登録は取り消されました", unknown: "この端末は登録されていません" }[app.sync.refused] ?? "この端末は、いま使えません";
  return {
    element: h("main", { class: "ta-page" },
      heading(why),
      h("p", { class: "ta-lead" }, "この端末では、いま数えられません。来た方は紙に書いてください。"),
      left > 0 && h("p", { class: "ta-note" }, `送っていない入力が${left}件、この端末に残っています。登録し直すと送れます。書き出すこともできます。`),
      h("p", {}, "ステーションの代表か市の担当者に、新しい登録番号を出してもらってください。"),
      h("div", { class: "ta-actions" },
        h("a", { class: "ta-button", href: ENROL }, "端末を登録し直す"),
        left > 0 && button("ファイルに書き出す", async () => { if (!app.device || (await pinEntered(app))) save(app); }, { kind: "secondary" }),
        button("もう一度たしかめる", () => app.askAgain(), { kind: "text" }))),
  };
}

export function unenrolledScreen(app, words) {
  return {
    element: h("main", { class: "ta-page" },
      heading("この端末は、まだ使えません"),
      h("p", { class: "ta-lead" }, words),
      h("div", { class: "ta-actions" },
        h("a", { class: "ta-button", href: ENROL }, "この端末を登録する"),
        button("もう一度たしかめる", () => app.askAgain(), { kind: "secondary" }))),
  };
}

/** Before anything is counted: this browser keeps nothing. */
export function troubleScreen() {
  return {
    element: h("main", { class: "ta-page" },
      heading("この画面では数えられません"),
      h("p", { class: "ta-lead" }, "このブラウザは、入力を端末に残せません。"),
      h("ul", {},
        h("li", {}, "プライベートモード（シークレット）のときは、ふつうの画面でひらき直してください。"),
        h("li", {}, "端末の空きがないときは、写真や動画を減らしてから、もう一度ひらいてください。"),
        h("li", {}, "それでもだめなときは、紙に書き、ステーションの代表に知らせてください。")),
      h("div", { class: "ta-actions" }, button("もう一度たしかめる", () => location.reload()))),
  };
}
