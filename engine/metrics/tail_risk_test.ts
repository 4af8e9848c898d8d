import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../errors/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import {
  cornishFisherConditionalValueAtRisk,
  cornishFisherValueAtRisk,
  excessKurtosis,
  normalDensity,
  normalQuantile,
  overlappingReturns,
  returnMetrics,
  type RiskMethod,
  skewness,
  standardDeviation,
  tailRisk,
} from "./mod.ts";
import { mean } from "./moments.ts";

const METHODS: RiskMethod[] = ["historical", "normal", "cornish-fisher"];

/** −10 %, −9 % … 10 %. */
const ladder = Array.from({ length: 21 }, (_, i) => (i - 10) / 100);

Deno.test("of −10 %, −9 % … 10 % the 95 % value at risk is −9 %, and the mean of what is no better −9.5 %", () => {
  // The 5 % quantile of 21 values is the second lowest.
  const risk = tailRisk(ladder, { method: "historical", confidenceFraction: 0.95, horizonPeriods: 1 });
  assertClose(risk.valueAtRiskFraction, -0.09, "value at risk");
  assertClose(risk.conditionalValueAtRiskFraction, -0.095, "conditional");
});

Deno.test("the normal one of the same returns is −1.6449 and −2.0627 standard deviations of √38.5 %", () => {
  // Mean 0; squares 2 × (1 + 4 + … + 100) = 770, ÷ 20 = 38.5.
  const question = { method: "normal", confidenceFraction: 0.95 } as const;
  const day = tailRisk(ladder, { ...question, horizonPeriods: 1 });
  assertClose(day.valueAtRiskFraction, -1.6448536269514722 * Math.sqrt(38.5) / 100, "value at risk");
  assertClose(day.conditionalValueAtRiskFraction, -2.0627128075074257 * Math.sqrt(38.5) / 100, "conditional");
  const tenDays = tailRisk(ladder, { ...question, horizonPeriods: 10 });
  assertClose(tenDays.valueAtRiskFraction, day.valueAtRiskFraction! * Math.sqrt(10), "ten days");
});

Deno.test("over two days the historical one compounds each two days that follow each other", () => {
  const two = overlappingReturns([0.1, -0.1, 0.2], 2);
  assertClose(two[0]!, 1.1 * 0.9 - 1, "first");
  assertClose(two[1]!, 0.9 * 1.2 - 1, "second");
  const risk = tailRisk([0.1, -0.1, 0.2], { method: "historical", confidenceFraction: 0.99, horizonPeriods: 2 });
  assertClose(risk.valueAtRiskFraction, -0.01 + 0.01 * 0.09, "a hundredth of the way from −1 % to 8 %");
  assert.equal(overlappingReturns([0.1], 2).length, 0);
});

Deno.test("Cornish and Fisher's follows fat tails: eight days of nothing, one of 1 % and one of −1 %", () => {
  // m₂ = 0.2, m₄ = 0.2 (in percent): excess kurtosis 5 − 3 = 2, skew 0; standard deviation √(2 ÷ 9) %.
  const returns = [0, 0, 0, 0, 0, 0, 0, 0, 0.01, -0.01], deviation = Math.sqrt(2 / 9) / 100;
  const z = 1.6448536269514722;
  assertClose(cornishFisherValueAtRisk(returns, 0.05), -deviation * (z + (z ** 3 - 3 * z) * 2 / 24), "value at risk");
  const conditional = -deviation * 2.0627128075074257 * (1 + (z * z - 1) * 2 / 24);
  assertClose(cornishFisherConditionalValueAtRisk(returns, 0.05), conditional, "conditional");
  assert.equal(cornishFisherValueAtRisk(ladder, 0.05), null, "tails thinner than the expansion can follow");
  // One of ten days in place of two: m₂ = 0.09, m₄ = 0.0657, excess kurtosis 5.11, skew −2.67.
  assert.equal(cornishFisherValueAtRisk([0, 0, 0, 0, 0, 0, 0, 0, 0, -0.01], 0.05), null, "too much skew for it");
});

Deno.test("the figures of a return series are those of one period ahead", () => {
  const returns = [0, 0, 0, 0, 0, 0, 0, 0, 0.01, -0.01], figures = returnMetrics(returns);
  const pair = (method: RiskMethod, confidenceFraction: number) => {
    const risk = tailRisk(returns, { method, confidenceFraction, horizonPeriods: 1 });
    return [risk.valueAtRiskFraction, risk.conditionalValueAtRiskFraction];
  };
  assert.deepEqual(
    [figures.valueAtRisk99Fraction, figures.conditionalValueAtRisk99Fraction],
    pair("historical", 0.99),
  );
  assert.deepEqual(
    [figures.normalValueAtRisk99Fraction, figures.normalConditionalValueAtRisk99Fraction],
    pair("normal", 0.99),
  );
  assert.deepEqual(
    [figures.cornishFisherValueAtRisk95Fraction, figures.cornishFisherConditionalValueAtRisk95Fraction],
    pair("cornish-fisher", 0.95),
  );
  // A hundredth of the nine steps from −1 % to the first 0 is 9 %: the 1 % quantile of ten is −0.91 %.
  assertClose(figures.valueAtRisk99Fraction, -0.0091, "99 %");
});

Deno.test("without returns, variance or sense there is no value at risk", () => {
  for (const method of METHODS) {
    const none = tailRisk([], { method, confidenceFraction: 0.95, horizonPeriods: 1 });
    assert.deepEqual([none.valueAtRiskFraction, none.conditionalValueAtRiskFraction], [null, null]);
  }
  const question = { method: "historical", confidenceFraction: 0.95, horizonPeriods: 1 } as const;
  assert.throws(() => tailRisk(ladder, { ...question, confidenceFraction: 95 }), InputError);
  assert.throws(() => tailRisk(ladder, { ...question, horizonPeriods: 1.5 }), InputError);
});

/** Most of them small, some large, and most with a counterpart: tails fat and thin, skew small and large. */
const returnsOf = fc.array(fc.tuple(fc.integer({ min: -80, max: 80 }), fc.boolean()), { minLength: 2, maxLength: 40 })
  .map((values) =>
    values.flatMap(([value, alone], i) => {
      const size = (value / 100) ** 3;
      return alone && i < 3 ? [size] : [size, -size];
    })
  );

Deno.test("what is lost beyond the value at risk is never less than it, and more confidence never means less, over 10,000 series", () => {
  fc.assert(
    fc.property(returnsOf, fc.constantFrom(...METHODS), fc.integer({ min: 1, max: 10 }), (returns, method, horizon) => {
      const [low, high] = [0.9, 0.99].map((confidenceFraction) =>
        tailRisk(returns, { method, confidenceFraction, horizonPeriods: horizon })
      );
      for (const risk of [low!, high!]) {
        if (risk.valueAtRiskFraction === null) continue;
        assert.ok(risk.conditionalValueAtRiskFraction! <= risk.valueAtRiskFraction + 1e-12);
      }
      if (low!.valueAtRiskFraction === null || high!.valueAtRiskFraction === null) return;
      assert.ok(high!.valueAtRiskFraction <= low!.valueAtRiskFraction + 1e-12);
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("Cornish and Fisher's conditional form is the mean of its quantiles below the tail, over 500 series", () => {
  let defined = 0;
  fc.assert(
    fc.property(returnsOf, fc.constantFrom(0.01, 0.05, 0.1), (returns, tail) => {
      const conditional = cornishFisherConditionalValueAtRisk(returns, tail);
      if (conditional === null) return;
      defined++;
      const skew = skewness(returns)!, excess = excessKurtosis(returns)!;
      const quantile = (z: number) =>
        z + (z * z - 1) * skew / 6 + (z ** 3 - 3 * z) * excess / 24 - (2 * z ** 3 - 5 * z) * skew * skew / 36;
      // Midpoints between −12 and the quantile of the tail.
      const limit = normalQuantile(tail), steps = 4_000, width = (limit + 12) / steps;
      let sum = 0;
      for (let i = 0; i < steps; i++) {
        const z = -12 + (i + 0.5) * width;
        sum += quantile(z) * normalDensity(z) * width;
      }
      assertClose(conditional, mean(returns)! + standardDeviation(returns)! * sum / tail, "mean below", 1e-5);
    }),
    { numRuns: 500 },
  );
  assert.ok(defined > 100, `only ${defined} of 500 series have one`);
});
