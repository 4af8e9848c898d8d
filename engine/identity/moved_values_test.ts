import assert from "node:assert/strict";
import { movedValues } from "./mod.ts";

Deno.test("values that are the same on both sides have not moved, NaN and absent ones among them", () => {
  const value = { a: 1, b: [null, "x", { c: NaN }], d: Float64Array.of(1, NaN), e: undefined };
  assert.deepEqual(movedValues(value, structuredClone({ ...value, f: undefined })), []);
});

Deno.test("each value that moved is named by its path, on whichever side it is missing", () => {
  const moved = movedValues({ a: 1, rows: [{ x: 1 }, { x: 2 }], old: true }, {
    a: 2,
    rows: [{ x: 1 }, { x: 3 }, { x: 4 }],
  });
  assert.deepEqual(moved, [
    { path: "a", recorded: 1, recomputed: 2 },
    { path: "rows[1].x", recorded: 2, recomputed: 3 },
    { path: "rows[2]", recorded: undefined, recomputed: { x: 4 } },
    { path: "old", recorded: true, recomputed: undefined },
  ]);
});

Deno.test("a column is one value with the number of its rows that moved", () => {
  const column = Float64Array.from({ length: 20 }, (_, i) => i), other = column.with(7, -1).with(9, -2);
  assert.deepEqual(movedValues({ equity: column }, { equity: other }), [
    { path: "equity", recorded: 7, recomputed: -1, column: { moved: 2, of: 20, firstRow: 7 } },
  ]);
  assert.deepEqual(movedValues([...column], [...column, 20])[0]!.column, { moved: 1, of: 21, firstRow: 20 });
});
