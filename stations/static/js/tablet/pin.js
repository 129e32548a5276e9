// The door to the settings, the end of the day and the export: a PIN on keys that a thumb hits, or typed.
import { asked, h, say } from "./dom.js";
import { isPin, Tries } from "./lock.js";

const LONGEST = 8;

/** Whether the PIN has been entered, now or a short while ago. */
export async function pinEntered(app) {
  if (app.unlocked) return true;
  const right = await asked("暗証番号を入力してください", (close) => pad(app, close));
  if (right) app.unlock();
  return right === true;
}

function pad(app, close) {
  const field = h("input", {
    id: "pin", class: "ta-pin__field", type: "password", inputmode: "none", autocomplete: "off", maxlength: LONGEST, autofocus: true, "aria-describedby": "pin-said",
  });
  const said = h("p", { id: "pin-said", role: "status", class: "ta-pin__said" });
  const tries = new Tries(app.store);

  async function enter(event) {
    event.preventDefault();
    const wait = await tries.wait();
    if (wait) return say(said, `間違いが続きました。${wait}秒待ってから、もう一度入力してください。`);
    const right = await isPin(field.value, app.device.device.pin);
    await tries.note(right).catch(() => {});
    if (right) return close(true);
    field.value = "";
    field.focus();
    return say(said, "暗証番号が違います。");
  }

  const press = (digit) => () => { if (field.value.length < LONGEST) field.value += digit; };
  const key = (words, onclick, more = {}) => h("button", { type: "button", class: "ta-pin__key", onclick, ...more }, words);
  return h("form", { onsubmit: enter, class: "ta-pin" },
    h("label", { for: "pin" }, "端末を登録したときに決めた番号"),
    field,
    said,
    h("div", { class: "ta-pin__keys" },
      ["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => key(digit, press(digit))),
      key("消す", () => { field.value = field.value.slice(0, -1); }),
      key("0", press("0")),
      h("button", { type: "submit", class: "ta-pin__key ta-pin__key--enter" }, "決定"),
    ),
    h("button", { type: "button", class: "ta-button ta-button--text", onclick: () => close(false) }, "やめる"),
  );
}
