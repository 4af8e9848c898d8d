import assert from "node:assert/strict";
import fc from "fast-check";
import { MOST_SOBOL_DIMENSIONS, SobolSequence } from "./sobol_sequence.ts";

function points(dimensions: number, seed: number | null, count: number): Float64Array[] {
  const sequence = new SobolSequence(dimensions, seed);
  return Array.from({ length: count }, () => sequence.next());
}

Deno.test("the first points are those of Joe and Kuo, as scipy.stats.qmc.Sobol gives them without scrambling", () => {
  const first = points(8, null, 4).map((point) => [...point]);
  assert.deepEqual(first, [
    [0, 0, 0, 0, 0, 0, 0, 0],
    [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 0.75],
    [0.25, 0.75, 0.75, 0.75, 0.25, 0.25, 0.75, 0.25],
  ]);
  // Number 15 in all dimensions.
  assert.deepEqual(
    [...points(MOST_SOBOL_DIMENSIONS, null, 16).at(-1)!].map((x) => x * 16),
    [1, 15, 9, 5, 11, 3, 13, 5, 5, 11, 1, 3, 5, 9, 15, 13, 15, 15, 5, 11, 13],
  );
});

Deno.test("in every dimension 2^k points stand one in each of 2^k equal parts, scrambled or not", () => {
  fc.assert(
    fc.property(fc.option(fc.nat(2 ** 32 - 1)), fc.integer({ min: 0, max: 8 }), (seed, k) => {
      const count = 2 ** k, all = points(MOST_SOBOL_DIMENSIONS, seed, count);
      for (let i = 0; i < MOST_SOBOL_DIMENSIONS; i++) {
        assert.equal(new Set(all.map((point) => Math.floor(point[i]! * count))).size, count);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("pairs of the first dimensions fill squares evenly, too, after any scrambling", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), (seed) => {
      // The first two dimensions are a (0, m, 2)-net: one point in each rectangle of area 1 ÷ 64.
      const all = points(2, seed, 64);
      for (const [wide, high] of [[64, 1], [32, 2], [16, 4], [8, 8], [4, 16], [2, 32], [1, 64]] as const) {
        const cells = all.map(([x, y]) => Math.floor(x! * wide) * high + Math.floor(y! * high));
        assert.equal(new Set(cells).size, 64);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("another seed has other points, and there are no more dimensions than direction numbers", () => {
  assert.notDeepEqual(points(3, 1, 4), points(3, 2, 4));
  assert.deepEqual(points(3, 1, 4), points(3, 1, 4));
  assert.throws(() => new SobolSequence(22, 1), /at most 21 parameters, not 22/);
});
