// The table of cost lines: 数量 × 単価 = 金額 and the total as one types, a new row, a removed row that can come back.
// Rows follow WTForms' FieldList: lines-0-quantity. Gaps in the numbers are fine for the server.
import { readCount, readYen } from "./amounts.js";
import { markChanged } from "./draft.js";
import { offerPasting } from "./lines-paste.js";

/** @param {number} amount @param {string} pattern such as "{n}円" @returns {string} with △ for a negative amount */
export function yen(amount, pattern) {
  const digits = Math.abs(amount).toLocaleString("ja-JP", { maximumFractionDigits: 0 });
  return (amount < 0 ? "△" : "") + pattern.replace("{n}", digits);
}

/** Gives a row of the form its new number: `lines-2-quantity` and `lines-2` become `lines-5-…` and `lines-5`. */
export function renamed(value, from, to) {
  return value.split(" ").map((word) => (word === from || word.startsWith(`${from}-`) ? to + word.slice(from.length) : word)).join(" ");
}

class Lines {
  constructor(root) {
    this.root = root;
    this.body = root.querySelector("[data-lines-body]");
    this.status = root.querySelector("[data-lines-status]");
    this.total = root.querySelector("[data-total]");
    this.pattern = this.total?.dataset.yen ?? "{n}円";
    this.highest = Math.max(-1, ...this.rows().map((row) => Number(row.dataset.name.split("-").pop())));
    // Here the buttons only change the page: none of them may be what Enter in a field presses.
    root.querySelectorAll("[data-line-add], [data-line-remove]").forEach((button) => { button.type = "button"; });
    root.addEventListener("input", () => this.count());
    root.addEventListener("click", (event) => this.pressed(event));
    offerPasting(this);
  }

  rows() {
    return [...this.body.querySelectorAll("[data-line]")].filter((row) => !row.hidden);
  }

  cell(row, name) {
    return row.querySelector(`[data-cell="${name}"] input`);
  }

  count() {
    let sum = 0;
    this.rows().forEach((row) => {
      const quantity = this.cell(row, this.root.dataset.quantity);
      const price = readYen(this.cell(row, this.root.dataset.price)?.value ?? "");
      const many = quantity ? readCount(quantity.value) : 1;
      const amount = price === null || many === null ? null : price * many;
      const shown = row.querySelector("[data-amount]");
      if (shown) shown.textContent = amount === null ? "" : yen(amount, this.pattern);
      sum += amount ?? 0;
    });
    if (this.total) this.total.textContent = yen(sum, this.pattern);
  }

  pressed(event) {
    const add = event.target.closest("[data-line-add]");
    const remove = event.target.closest("[data-line-remove]");
    if (!add && !remove) return;
    event.preventDefault();
    if (add) this.newRow()?.querySelector("select, input:not([type=hidden]), textarea")?.focus();
    else this.remove(remove.closest("[data-line]"));
    this.changed();
  }

  changed() {
    this.renumber();
    this.count();
    markChanged(this.root.closest("form"));
  }

  newRow() {
    const model = this.body.querySelector("[data-line]");
    if (!model) return null;
    const from = model.dataset.name;
    const to = `${this.root.dataset.lines}-${++this.highest}`;
    const row = model.cloneNode(true);
    row.hidden = false;
    row.dataset.name = to;
    row.querySelectorAll(".mt-error").forEach((error) => error.remove());
    row.querySelectorAll("*").forEach((element) => {
      ["id", "name", "for", "value", "aria-describedby"].forEach((attribute) => {
        const typed = attribute === "value" && !element.matches("button");
        if (!typed && element.hasAttribute(attribute)) {
          element.setAttribute(attribute, renamed(element.getAttribute(attribute), from, to));
        }
      });
      if (element.matches("[aria-invalid]")) element.removeAttribute("aria-invalid");
      if (element.matches("[aria-describedby$='-error']")) element.removeAttribute("aria-describedby");
      if (element.matches("input, select, textarea")) Lines.clear(element);
    });
    this.body.append(row);
    return row;
  }

  static clear(control) {
    control.disabled = false;
    if (control.matches("select")) control.selectedIndex = 0;
    else if (control.matches('[type="checkbox"], [type="radio"]')) control.checked = false;
    else control.value = "";
  }

  remove(row) {
    // Disabled controls are not sent, so for the server the row is gone; here it only waits to come back.
    const sleeping = [...row.querySelectorAll("input, select, textarea")].filter((control) => !control.disabled);
    sleeping.forEach((control) => { control.disabled = true; });
    row.hidden = true;
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "mt-text-button";
    undo.textContent = this.status.dataset.undo;
    undo.addEventListener("click", () => {
      sleeping.forEach((control) => { control.disabled = false; });
      row.hidden = false;
      this.status.replaceChildren();
      this.renumber();
      this.count();
      row.querySelector("select, input:not([type=hidden]), textarea")?.focus();
    });
    this.status.replaceChildren(this.status.dataset.removed, undo);
    undo.focus();
  }

  renumber() {
    this.rows().forEach((row, index) => {
      row.querySelectorAll("[data-line-number]").forEach((label) => {
        label.textContent = label.dataset.text.replace("{n}", String(index + 1));
      });
    });
  }
}

export function enhanceLines(root = document) {
  root.querySelectorAll("[data-lines]").forEach((table) => new Lines(table).count());
}
