import assert from "node:assert/strict";
import fc from "fast-check";
import { symmetricEigen } from "./symmetric_eigen.ts";

Deno.test("eigenvectors are perpendicular, of length 1, and put the matrix together again", () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true });
  const matrices = fc.integer({ min: 1, max: 6 }).chain((n) =>
    fc.array(number, { minLength: n * n, maxLength: n * n }).map((own) => ({ n, own }))
  );
  fc.assert(
    fc.property(matrices, ({ n, own }) => {
      const a = Float64Array.from(own, (_, i) => own[i]! + own[i % n * n + Math.floor(i / n)]!);
      const { values, vectors } = symmetricEigen(a, n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let again = 0, product = 0;
          for (let k = 0; k < n; k++) {
            again += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!;
            product += vectors[k * n + i]! * vectors[k * n + j]!;
          }
          assert.ok(Math.abs(again - a[i * n + j]!) < 1e-9);
          assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-9);
        }
      }
    }),
    { numRuns: 2_000 },
  );
  assert.deepEqual([...symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values].sort().map((x) => +x.toFixed(12)), [
    1,
    3,
  ]);
});
