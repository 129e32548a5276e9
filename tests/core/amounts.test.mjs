// The page's reader of amounts, held to the same table as the server's: run by test_amounts.py with node's test runner.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readCount, readYen } from "../../stations/static/js/amounts.js";

const table = JSON.parse(readFileSync(new URL("amounts.json", import.meta.url), "utf8"));

for (const [typed, amount] of table.yen) {
  test(`yen ${JSON.stringify(typed)}`, () => assert.equal(readYen(typed), amount));
}
for (const [typed, count] of table.count) {
  test(`count ${JSON.stringify(typed)}`, () => assert.equal(readCount(typed), count));
}
