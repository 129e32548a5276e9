// Rows pasted from a spreadsheet, without a browser: run by test_lines_paste.py with node's test runner.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chosenOption, parseCells, placed } from "../../stations/static/js/lines-paste.js";

const COLUMNS = ["費目", "内容", "数量", "単位", "単価"].map((heading, index) => ({ name: "abcde"[index], heading }));

test("cells, rows, quotes and line ends inside a cell", () => {
  assert.deepEqual(parseCells("茶\t2\r\n菓子\t3\r\n"), [["茶", "2"], ["菓子", "3"]]);
  assert.deepEqual(parseCells('"1行目\n2行目"\t"5""半"\n\n'), [["1行目 2行目", '5"半']]);
  assert.deepEqual(parseCells("一つだけ"), [["一つだけ"]]);
  assert.deepEqual(parseCells(' ¥1,200 \t約"2"'), [["¥1,200", '約"2"']]);
  assert.deepEqual(parseCells(""), []);
});

test("in order from the column pasted into", () => {
  assert.deepEqual(placed([["茶", "2"], ["菓子", "3"]], COLUMNS, 1), { left: 0, rows: [{ b: "茶", c: "2" }, { b: "菓子", c: "3" }] });
  assert.deepEqual(placed([["800", "1600"]], COLUMNS, 4), { left: 1, rows: [{ e: "800" }] });
});

test("by headings where the first row has them, whatever their order; 金額 is computed and left out", () => {
  const rows = [["内容", "単 価", "数量", "金額"], ["茶", "800", "2", "1,600"]];
  assert.deepEqual(placed(rows, COLUMNS, 3), { left: 1, rows: [{ b: "茶", e: "800", c: "2" }] });
});

test("rows without any word are no rows", () => {
  assert.deepEqual(placed([["茶", "2"], ["", ""], ["菓子", ""]], COLUMNS, 1).rows, [{ b: "茶", c: "2" }, { b: "菓子", c: "" }]);
});

test("a choice by its words, with or without its examples", () => {
  const options = [{ text: "選んでください", value: "" }, { text: "報償費（講師謝礼）", value: "fee" }, { text: "需用費", value: "need" }];
  assert.equal(chosenOption(options, "報償費")?.value, "fee");
  assert.equal(chosenOption(options, " 需用費 ")?.value, "need");
  assert.equal(chosenOption(options, "選んでください"), undefined);
  assert.equal(chosenOption(options, "旅費"), undefined);
  assert.equal(chosenOption(options, ""), undefined);
});
