import assert from "node:assert/strict";
import fc from "fast-check";
import { ColumnMemory } from "../series/mod.ts";
import { SeededRandom } from "../time/mod.ts";
import { smaKernel, smaRun } from "./sma.ts";

Deno.test("the compiled moving average gives the rows of any stretch as the whole column has them", () => {
  const recipe = fc.record({
    seed: fc.nat(1e6),
    rows: fc.integer({ min: 1, max: 6_000 }),
    length: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1_000, max: 3_000 })),
    shares: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    originShare: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const property = fc.property(recipe, ({ seed, rows, length, shares, originShare }) => {
    const memory = new ColumnMemory(rows), random = new SeededRandom(seed), x = memory.column(), out = memory.column();
    for (let row = 0; row < rows; row++) x[row] = 100 * random.next();
    const origin = Math.floor(originShare * (rows - 1)),
      [a, b] = shares.map((share) => origin + Math.floor(share * (rows - origin)));
    const from = Math.min(a!, b!), to = Math.max(a!, b!), whole = new Float64Array(rows);
    smaRun(x, origin, rows, length, whole);
    const { compiled } = smaKernel, exports = memory.kernels(compiled!.module)!;
    out.fill(-1);
    compiled!.run(exports, [x.byteOffset], origin, from, to, [length], [out.byteOffset]);
    assert.deepEqual(out.subarray(0, to - from), whole.subarray(from, to));
    assert.ok(out.subarray(to - from).every((value) => value === -1), "no row beyond the last");
  });
  fc.assert(property, { numRuns: 500 });
});
