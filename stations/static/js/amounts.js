// Reads amounts and counts as the server does (core/money.py, core/text.py): tests/core/amounts.json holds both together.
const MAX_YEN = 999_999_999;
const GROUPED = "(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)";
const AMOUNT = new RegExp(`^(?:(金?¥|金))?(${GROUPED})円?也?(\\.?-)?$`, "u");
const COUNT = new RegExp(`^約?(${GROUPED})[人名回個本枚件票]?$`, "u");
// Format marks, controls, selectors, fillers and blanks: what comes along with pasted text and cannot be seen.
const UNSEEN = /[\p{Cf}\p{Cc}\p{Cs}\p{Z}\s\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u034F\u115F\u1160\u17B4\u17B5\u2800\u3164\uFFA0]/gu;
const FULL_WIDTH = /[０-９，]/gu;
const YEN_SIGN = /[￥＼\\]/gu;
const MINUS = /[－−ー△▲]/gu;

function halfWidth(typed) {
  return typed.replace(UNSEEN, "").replace(FULL_WIDTH, (char) => String.fromCharCode(char.charCodeAt(0) - 0xFEE0));
}

/** @param {string} typed @returns {number|null} whole yen, null for what the server refuses in a field of amounts */
export function readYen(typed) {
  const found = AMOUNT.exec(halfWidth(typed).replace(YEN_SIGN, "¥").replace(MINUS, "-").replace("．", "."));
  if (!found || (found[3] && !found[1])) return null;
  const amount = Number(found[2].replaceAll(",", ""));
  return amount > MAX_YEN ? null : amount;
}

/** @param {string} typed @returns {number|null} a count, null for what the server refuses */
export function readCount(typed) {
  const digits = COUNT.exec(halfWidth(typed))?.[1].replaceAll(",", "") ?? "";
  return digits.length >= 1 && digits.length <= 9 ? Number(digits) : null;
}
