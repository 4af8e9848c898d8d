import assert from "node:assert/strict";
import { csvParseRows } from "d3-dsv";
import fc from "fast-check";
import { csvText } from "./csv_text.ts";

Deno.test("rows end with CRLF, and cells with commas, quotes and breaks are quoted", () => {
  assert.equal(
    csvText(["a", "b"], [["x,y", 'say "no"'], ["two\nlines", null], [true, -1.5]]),
    'a,b\r\n"x,y","say ""no"""\r\n"two\nlines",\r\ntrue,-1.5\r\n',
  );
});

Deno.test("what a table program would run as a formula is text, and numbers stay numbers", () => {
  const cell = (value: string) => csvText([], [[value]]).split("\r\n")[1];
  for (const formula of ["=1+1", "+1", "-1+cmd|' /C calc'!A1", "@SUM(A1)", " =1", "\t=1", "＝1", "--1", "-1e5"]) {
    assert.equal(cell(formula), `'${formula}`, JSON.stringify(formula));
  }
  assert.equal(csvText([], [["\r=1"]]).slice(2), '"\'\r=1"\r\n');
  for (const plain of ["-1.5", "0", "123456789.000000000001", "t1", "2024-01-01", "a=b"]) {
    assert.equal(cell(plain), plain);
  }
});

Deno.test("a reader of CSV gets back what was written, and no cell is a formula, over 10,000 tables", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(..."=+-@,\"'\r\n\t 1a") }));
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }), (rows) => {
      const written = csvText(["one", "two"], rows), read = csvParseRows(written) as string[][];
      assert.deepEqual(read[0], ["one", "two"]);
      assert.equal(read.length, rows.length + 1);
      rows.forEach((row, i) =>
        row.forEach((cell, at) => {
          const own = read[i + 1]![at]!;
          assert.ok(own === cell || own === `'${cell}`, JSON.stringify([cell, own]));
          assert.ok(!/^[=+\-@\t\r\n]/.test(own) || /^-?\d+(\.\d+)?$/.test(own), JSON.stringify(own));
        })
      );
    }),
    { numRuns: 10_000 },
  );
});
