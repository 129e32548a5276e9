// A note for the record, and an incident: kept like every event, and read by the leader.
import { button } from "./app.js";
import { asked, h, say } from "./dom.js";

const LONGEST = 2_000;
const TEXTS = {
  note: ["メモを書く", "今日の活動や天気など。"],
  incident: ["困ったこと・事故を記録する", "けが、急病、トラブルなど。起きたことと、したことを書いてください。"],
};

export async function writeNote(app, opening, kind) {
  const [title, hint] = TEXTS[kind];
  const text = await asked(title, (close) => {
    const field = h("textarea", { id: "note", rows: 5, maxlength: LONGEST, autofocus: true, "aria-describedby": "note-hint note-said" });
    const said = h("p", { id: "note-said", role: "status" });
    const keep = (event) => {
      event.preventDefault();
      if (field.value.trim()) close(field.value.trim());
      else say(said, "内容を入力してください。");
    };
    return h("form", { onsubmit: keep },
      kind === "incident" && h("p", { class: "ta-note" }, "命の危険があるときは、先に電話してください： ", app.device.emergency.map(({ name, number }) => `${name} ${number}`).join("　")),
      h("label", { for: "note" }, "内容"),
      h("p", { id: "note-hint" }, `${hint}名前など、だれのことかわかることは書かないでください。`),
      field,
      said,
      h("div", { class: "ta-actions" }, h("button", { type: "submit", class: "ta-button" }, "記録する"), button("やめる", () => close(), { kind: "text" })));
  });
  if (text) await app.record(opening, kind, { text });
}
