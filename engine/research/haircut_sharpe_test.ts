import assert from "node:assert/strict";
import fc from "fast-check";
import { assertClose } from "../testing/assert_close.ts";
import { haircutSharpe, type SharpeTest } from "./mod.ts";

Deno.test("the example of Harvey and Liu: of a Sharpe ratio of 0.75 after 200 trials of 20 years, about 60 % is cut", () => {
  const monthly = 0.75 / Math.sqrt(12),
    tests: SharpeTest[] = Array.from({ length: 200 }, () => ({ sharpe: 0, count: 240 }));
  tests[17] = { sharpe: monthly, count: 240 };
  const { bonferroni } = haircutSharpe(tests, 17)!;
  // The paper: p-value 0.0008, times 200 is 0.16, which is a ratio of 0.32. It rounds, and takes the normal distribution.
  assertClose(bonferroni.pValue, 0.16, "p-value", 0.2);
  assertClose(bonferroni.sharpe * Math.sqrt(12), 0.32, "ratio that is left", 0.1);
  assertClose(bonferroni.haircutFraction, 0.6, "haircut", 0.1);
});

Deno.test("six p-values are adjusted as by hand: Bonferroni, Holm and BHY differ", () => {
  // Two-sided p-values that are nearly 0.005, 0.01, 0.02, 0.03, 0.5 and 1, by quantiles of the normal distribution.
  const z = [2.807033768343811, 2.5758293035489004, 2.3263478740408408, 2.170090377584560, 0.674489750196082, 0];
  const tests = z.map((value) => ({ sharpe: value / 1_000, count: 1_000_000 }));
  const { bonferroni, holm, bhy } = haircutSharpe(tests, 1)!;
  assertClose(bonferroni.pValue, 6 * 0.01, "Bonferroni", 1e-4);
  assertClose(holm.pValue, 5 * 0.01, "Holm: the larger of 6 × 0.005 and 5 × 0.01", 1e-4);
  const c = 1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5 + 1 / 6;
  assertClose(bhy.pValue, 6 * c / 2 * 0.01, "BHY: the smallest from the second on", 1e-4);
  assertClose(haircutSharpe(tests, 3)!.holm.pValue, 3 * 0.03, "Holm never lets a worse one pass before a better", 1e-4);
});

Deno.test("one trial alone is not cut, and what is not above 0 has nothing to cut", () => {
  const { bonferroni, holm, bhy } = haircutSharpe([{ sharpe: 0.1, count: 500 }], 0)!;
  for (const { haircutFraction } of [bonferroni, holm, bhy]) assert.ok(Math.abs(haircutFraction) < 1e-12);
  assert.equal(haircutSharpe([{ sharpe: -0.1, count: 500 }, { sharpe: null, count: 500 }], 0), null);
  assert.equal(haircutSharpe([{ sharpe: -0.1, count: 500 }, { sharpe: null, count: 500 }], 1), null);
});

Deno.test("Holm cuts no more than Bonferroni, nothing is gained by a haircut, and more trials cut more, over 2,000 sets", () => {
  const test = fc.record({
    sharpe: fc.oneof(fc.double({ min: -0.3, max: 0.3, noNaN: true }), fc.constant(null)),
    count: fc.integer({ min: 2, max: 2_000 }),
  });
  fc.assert(
    fc.property(fc.array(test, { minLength: 1, maxLength: 30 }), fc.nat(29), (tests, at) => {
      const index = at % tests.length, cut = haircutSharpe(tests, index), sharpe = tests[index]!.sharpe ?? 0;
      assert.equal(cut === null, !(sharpe > 0));
      if (cut === null) return;
      assert.ok(cut.holm.pValue <= cut.bonferroni.pValue);
      for (const own of [cut.bonferroni, cut.holm, cut.bhy]) {
        assert.ok(own.sharpe >= 0 && own.sharpe <= sharpe && own.pValue <= 1 && own.haircutFraction >= 0);
      }
      const more = haircutSharpe([...tests, { sharpe: 0, count: 100 }], index)!;
      assert.ok(more.bonferroni.sharpe <= cut.bonferroni.sharpe);
    }),
    { numRuns: 2_000 },
  );
});
