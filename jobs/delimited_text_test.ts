import assert from "node:assert/strict";
import { rowsOf } from "./delimited_text.ts";

Deno.test("comma, semicolon and tab are told apart by the first line, quotes aside", () => {
  for (const separator of [",", ";", "\t"]) {
    assert.deepEqual(rowsOf(`date${separator}"a,;\tb"\n1${separator}2\n`), [
      { line: 1, cells: ["date", "a,;\tb"] },
      { line: 2, cells: ["1", "2"] },
    ]);
  }
});

Deno.test("byte order mark, line ends of any system, quotes in quotes and a missing last line end are read", () => {
  assert.deepEqual(rowsOf('\uFEFFa,b\r\n"x ""y""",2\r\n3,4').map(({ cells }) => cells), [
    ["a", "b"],
    ['x "y"', "2"],
    ["3", "4"],
  ]);
});

Deno.test("a row knows the line on which it begins, after empty lines and line breaks in quotes", () => {
  assert.deepEqual(rowsOf('a\n"x\ny"\n\nb').map(({ line }) => line), [1, 2, 4, 5]);
  assert.deepEqual(rowsOf(""), []);
});
