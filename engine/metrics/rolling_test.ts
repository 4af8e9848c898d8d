import assert from "node:assert/strict";
import fc from "fast-check";
import { assertClose } from "../testing/assert_close.ts";
import { benchmarkMetrics, returnMetrics, rollingFigures } from "./mod.ts";

Deno.test("1 %, 3 %, −2 % by twos: Sharpe √2 and 0.1 √2 a day, volatility 1.41 % and 3.54 % a day, a fall of 2 %", () => {
  const returns = Float64Array.of(0.01, 0.03, -0.02), year = Math.sqrt(365);
  const rolling = rollingFigures(returns, 2, returns.map((value) => 2 * value));
  // Means 2 % and 0.5 %, standard deviations 1 % × √2 and 2.5 % × √2.
  [Math.SQRT2, 0.1 * Math.SQRT2].forEach((day, i) => assertClose(rolling.sharpe[i]!, day * year, "Sharpe"));
  [0.01, 0.025].forEach((day, i) => assertClose(rolling.volatilityFraction[i]!, day * Math.SQRT2 * year, "volatility"));
  // Nothing lost in the first window; √(0.02² ÷ 2) = 1 % × √2 below 0 in the second.
  assert.equal(rolling.sortino[0], null);
  assertClose(rolling.sortino[1]!, 0.005 / (0.01 * Math.SQRT2) * year, "Sortino");
  assert.equal(rolling.maxDrawdownFraction[0], 0);
  assertClose(rolling.maxDrawdownFraction[1]!, -0.02, "drawdown");
  rolling.beta!.forEach((beta) => assertClose(beta, 0.5, "beta"));
  rolling.benchmarkCorrelation!.forEach((value) => assertClose(value, 1, "correlation"));
});

Deno.test("every entry is the plain figure of its window, over 300 series", () => {
  const returns = fc.array(fc.integer({ min: -400, max: 400 }), { minLength: 1, maxLength: 40 })
    .map((values) => Float64Array.from(values, (value) => value / 1000));
  fc.assert(
    fc.property(returns, fc.integer({ min: 2, max: 12 }), (own, window) => {
      const other = own.toReversed(), rolling = rollingFigures(own, window, other);
      assert.equal(rolling.sharpe.length, Math.max(0, own.length - window + 1));
      rolling.sharpe.forEach((sharpe, i) => {
        const plain = returnMetrics(own.slice(i, i + window));
        const against = benchmarkMetrics(own.slice(i, i + window), other.slice(i, i + window));
        assert.deepEqual([
          sharpe,
          rolling.sortino[i],
          rolling.volatilityFraction[i],
          rolling.maxDrawdownFraction[i],
          rolling.beta![i],
          rolling.benchmarkCorrelation![i],
        ], [
          plain.sharpe,
          plain.sortino,
          plain.volatilityFraction,
          plain.maxDrawdownFraction,
          against.beta,
          against.benchmarkCorrelation,
        ]);
      });
      assert.equal(rollingFigures(own, window).beta, null);
    }),
    { numRuns: 300 },
  );
});
