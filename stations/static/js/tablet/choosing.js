// Before counting: which opening, and who stands here.
import { button, heading } from "./app.js";
import { syncChip } from "./chip.js";
import { day, h, say, today } from "./dom.js";
import { pinEntered } from "./pin.js";

const STATES = { cancelled: "中止", planned: "", held: "" };

/** Today's openings first; the others by their day. */
export function openingsScreen(app) {
  const chip = syncChip(app);
  const list = h("div");
  const news = h("div");
  let before = "";
  const element = h("main", { class: "ta-page" },
    h("div", { class: "ta-bar" }, h("p", { class: "ta-bar__station" }, app.device.device.station.name), chip.element),
    heading("数える回を選んでください"),
    news,
    app.lasting === false && h("p", { class: "ta-note" }, "このブラウザは、入力を長く残すと約束していません。プライベートモードでは使わず、ホーム画面に追加して使ってください。"),
    list,
    h("div", { class: "ta-actions" },
      button("設定", async () => { if (await pinEntered(app)) app.go("settings"); }, { kind: "secondary" }),
      button("送れないデータ・書き出し", async () => { if (await pinEntered(app)) app.go("problems"); }, { kind: "text" }),
    ));
  function refresh() {
    chip.refresh();
    news.replaceChildren(...(app.newVersion ? [h("p", { class: "ta-note" }, "新しい版があります。 ", button("新しくする", () => app.takeNew(), { kind: "secondary" }))] : []));
    const now = JSON.stringify([app.openings(), app.outbox.unsent(), today()]);
    if (now === before) return; // what is under a finger or a reader stays
    before = now;
    list.replaceChildren(...groups(app));
  }
  app.look?.();
  return { element, refresh };
}

function groups(app) {
  const [now, later, past] = [[], [], []];
  for (const one of app.openings()) (one.on === today() ? now : one.on > today() ? later : past).push(one);
  const group = (words, openings, empty) => (openings.length || empty) && h("section", {}, h("h2", {}, words), openings.length ? h("ul", { class: "ta-openings" }, openings.map((one) => row(app, one))) : h("p", {}, empty));
  return [group("今日", now, "今日の回はありません。"), group("これまで（まだ確定していない回など）", past.reverse()), group("これから", later)].filter(Boolean);
}

function row(app, opening) {
  const unsent = app.outbox.unsent()[opening.id] ?? 0;
  const { open } = app.state(opening.id);
  const notes = [STATES[opening.status], !open && "確定済み", `${app.visitors(opening)}人`, unsent > 0 && `未送信 ${unsent}件`].filter(Boolean);
  return h("li", {}, h("button", { type: "button", class: "ta-opening", "data-opening": opening.id, onclick: () => app.go("who", opening.id) },
    h("strong", {}, `${day(opening.on)} ${opening.starts_at}から${opening.ends_at}まで`),
    h("span", {}, opening.venue),
    h("span", {}, notes.join("・"))));
}

/** Who stands here: it stands on every event. */
export function whoScreen(app, id) {
  const opening = app.opening(id);
  const said = h("p", { role: "status" });
  async function choose(by) {
    const before = app.post;
    app.post = { opening: id, by };
    if (!(await app.record(id, "started"))) {
      app.post = before;
      return say(said, "この端末に保存できないため、数え始められません。");
    }
    await app.setPost({ opening: id, by });
    return app.go("counting", id);
  }
  const another = opening.on !== today() && h("p", { class: "ta-note" }, `今日の回ではありません。${day(opening.on)}の回です。`);
  return {
    element: h("main", { class: "ta-page" },
      heading("いま、だれが数えますか"),
      h("p", { class: "ta-lead" }, `${day(opening.on)} ${opening.starts_at}から${opening.ends_at}まで　${opening.venue}`),
      another,
      said,
      h("ul", { class: "ta-people" },
        app.device.people.map(({ id: person, name }) => h("li", {}, button(name, () => choose(person), { kind: "secondary" }))),
        h("li", {}, button("ほかの人", () => choose(null), { kind: "secondary" }))),
      h("div", { class: "ta-actions" }, button("もどる", () => app.go("openings"), { kind: "text" })),
    ),
  };
}
