import assert from "node:assert/strict";
import fc from "fast-check";
import { assertClose } from "../testing/assert_close.ts";
import { studentTwoSided, studentTwoSidedQuantile } from "./student_t.ts";

// t, degrees of freedom and 2 × scipy.stats.t.sf(t, degrees), scipy 1.16.
const TAILS = [
  [0.5, 1, 0.7048327646991335],
  [2, 2, 0.18350341907227397],
  [3.354, 239, 0.0009261310430295538],
  [12, 5, 7.089492517161522e-5],
  [1e-3, 100, 0.9992041077601035],
  [8, 729, 4.892812914373854e-15],
  [30, 10, 3.961792342031325e-11],
  [4.5, 1460, 7.3344097293781744e-6],
  [1.96, 3000, 0.05008823167237992],
  [25, 728, 4.583191426194131e-100],
] as const;
// Probability, degrees of freedom and scipy.stats.t.isf(probability / 2, degrees).
const QUANTILES = [
  [0.05, 10, 2.2281388519862753],
  [1e-10, 500, 6.607985250181446],
  [0.16, 239, 1.4094567865865884],
  [0.9, 3, 0.1365981993536989],
  [1e-30, 1000, 11.920421968600103],
] as const;

Deno.test("both tails of Student's t are those of scipy, however thin", () => {
  for (const [t, degrees, tails] of TAILS) {
    assertClose(studentTwoSided(t, degrees), tails, `${t} of ${degrees}`, 1e-11);
    assert.equal(studentTwoSided(-t, degrees), studentTwoSided(t, degrees));
  }
  assert.equal(studentTwoSided(0, 7), 1);
});

Deno.test("quantiles are those of scipy, and undo the tails, over 10,000 values", () => {
  for (const [probability, degrees, t] of QUANTILES) {
    assertClose(studentTwoSidedQuantile(probability, degrees), t, `${probability} of ${degrees}`, 1e-11);
  }
  assert.deepEqual([0, 1, 2, NaN].map((p) => studentTwoSidedQuantile(p, 5)), [Infinity, 0, NaN, NaN]);
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 12, noNaN: true }), fc.integer({ min: 2, max: 1_500 }), (t, degrees) => {
      assertClose(studentTwoSidedQuantile(studentTwoSided(t, degrees), degrees), t, `${t} of ${degrees}`, 1e-8);
    }),
    { numRuns: 10_000 },
  );
});
