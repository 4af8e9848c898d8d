import assert from "node:assert/strict";
import fc from "fast-check";
import { assertClose } from "../testing/assert_close.ts";
import { correlationMatrix, covariance, pearsonCorrelation, ranksOf, spearmanCorrelation } from "./mod.ts";

Deno.test("1 2 3 4 against 1 3 2 4 has covariance 4 ÷ 3 and both correlations 0.8", () => {
  // Distances from 2.5: −1.5 −0.5 0.5 1.5 and −1.5 0.5 −0.5 1.5; products 2.25 − 0.25 − 0.25 + 2.25 = 4, squares 5.
  assertClose(covariance([1, 2, 3, 4], [1, 3, 2, 4]), 4 / 3, "covariance");
  assertClose(pearsonCorrelation([1, 2, 3, 4], [1, 3, 2, 4]), 0.8, "Pearson");
  assertClose(spearmanCorrelation([1, 2, 3, 4], [1, 3, 2, 4]), 0.8, "Spearman");
});

Deno.test("a series that climbs with the other one, but not in a line, has rank correlation 1 and a lower Pearson's", () => {
  // Distances −1 0 1 and −36 −27 63: 99 ÷ √(2 × 5994).
  assertClose(pearsonCorrelation([1, 2, 3], [1, 10, 100]), 99 / Math.sqrt(2 * 5994), "Pearson");
  assert.equal(spearmanCorrelation([1, 2, 3], [1, 10, 100]), 1);
});

Deno.test("equal values share the mean of their places", () => {
  assert.deepEqual([...ranksOf([20, 10, 30, 20])], [2.5, 1, 4, 2.5]);
});

Deno.test("a correlation is null of fewer than two periods or where one series stands still", () => {
  assert.equal(pearsonCorrelation([1], [1]), null);
  assert.equal(pearsonCorrelation([1, 2, 3], [5, 5, 5]), null);
});

Deno.test("a matrix compares a pair over the periods that both have", () => {
  const late = [NaN, NaN, 1, 2, 3], own = [9, -7, 10, 20, 30], other = [1, 2, 3, 2, 1];
  const matrix = correlationMatrix([own, late, other]);
  assertClose(matrix[0]![1]!, 1, "over the last three");
  assertClose(matrix[1]![2]!, -1, "over the last three");
  assert.equal(matrix[0]![1], matrix[1]![0]);
  assert.deepEqual(matrix.map((row, i) => row[i]), [1, 1, 1]);
  assert.equal(correlationMatrix([own, [NaN, NaN, NaN, NaN, 1]])[0]![1], null);
});

const pairs = fc.array(
  fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -1000, max: 1000 })),
  { minLength: 2, maxLength: 40 },
);

Deno.test("correlations lie in [−1, 1], are symmetric, and no shift or scale of a series changes them, over 10,000 pairs", () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: 9 }), fc.integer({ min: -99, max: 99 }), (pairs, scale, shift) => {
      const a = pairs.map(([own]) => own / 1000), b = pairs.map(([, other]) => other / 1000);
      for (const correlation of [pearsonCorrelation, spearmanCorrelation]) {
        const value = correlation(a, b);
        if (value === null) continue;
        assert.ok(value >= -1 && value <= 1, String(value));
        assert.ok(Math.abs(correlation(b, a)! - value) < 1e-12);
        assert.ok(Math.abs(correlation(a.map((own) => own * scale + shift), b)! - value) < 1e-6);
        assert.ok(Math.abs(correlation(a.map((own) => -own), b)! + value) < 1e-12);
      }
    }),
    { numRuns: 10_000 },
  );
});
