import assert from "node:assert/strict";
import fc from "fast-check";
import { SeededRandom } from "../../time/mod.ts";
import { comesToRest, isRegular } from "./regular_values.ts";

const made = (of: (row: number) => number) => Float64Array.from({ length: 300 }, (_, row) => of(row));

Deno.test("curves of low degree, periods and constants follow a rule of the row, drawn numbers do not", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: 1, max: 99 }),
      (a, b, n) => {
        assert.ok(isRegular(made((row) => a * row * row + b * row + n)));
        assert.ok(isRegular(made((row) => row % n === 0 ? a : b)));
        const random = new SeededRandom(n);
        assert.ok(!isRegular(made(() => random.next() < 0.5 ? 1 : 0)));
      },
    ),
  );
});

Deno.test("an average that forgets its beginning comes to rest, a walk does not", () => {
  const random = new SeededRandom(1);
  let walk = 0;
  assert.ok(comesToRest(made((row) => 100 * 0.99 ** row)));
  assert.ok(!comesToRest(made(() => walk += random.next() - 0.5)));
});
