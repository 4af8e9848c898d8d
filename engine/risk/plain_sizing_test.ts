import assert from "node:assert/strict";
import fc from "fast-check";
import { type Candle, candleColumns, instrument } from "../market/mod.ts";
import type { Sizing } from "../orders/mod.ts";
import { evaluateColumns } from "../series/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { plainSizing, realisedVolatility, sizingSeries } from "./mod.ts";

const btc = instrument({ exchange: "test", symbol: "BTC/USDT" }), day = timeframe("1d");
const candlesOf = (closes: readonly number[]) =>
  candleColumns(
    btc,
    day,
    closes.map((close, i): Candle => ({
      openTimeMs: i * 86_400_000 as TimestampMs,
      open: close,
      high: close,
      low: close,
      close,
      volume: 1,
    })),
  );
const FACTS = { instrument: btc, price: 100, away: -1 as const, equity: 10_000, returns: () => [] };
const size = (sizing: Sizing, value: number, returns: readonly number[] = []) =>
  plainSizing(sizing, { ...FACTS, value, returns: () => returns });

Deno.test("realised volatility is the sample deviation of returns on a year of 365 days", () => {
  // Returns 0.1, −0.1, 0.1: mean 1/30, squared deviations 2/225 + 4/225, deviation √(0.02 × 2 ÷ 3) = √(1/75).
  const [values] = evaluateColumns([realisedVolatility(3, day)], candlesOf([100, 110, 99, 108.9]));
  assert.deepEqual(Array.from(values!.subarray(0, 3)), [NaN, NaN, NaN]);
  assertClose(values![3]!, Math.sqrt(365 / 75), "on days");
  const hourly = realisedVolatility(3, timeframe("1h")),
    [hours] = evaluateColumns([hourly], candlesOf([100, 110, 99, 108.9]));
  assertClose(hours![3]!, Math.sqrt(365 * 24 / 75), "on hours");
});

Deno.test("a volatility target gives target ÷ volatility of the equity, at most its cap, and nothing while unknown", () => {
  const sizing = {
    kind: "volatility-target",
    annualVolatilityFraction: 0.2,
    lookbackCandles: 30,
    maxFraction: 1.5,
  } as const;
  assert.deepEqual(size(sizing, 0.8), { kind: "equity-fraction", fraction: 0.25 });
  assert.deepEqual(size(sizing, 0.1), { kind: "equity-fraction", fraction: 1.5 });
  assert.deepEqual(size(sizing, 0), { kind: "equity-fraction", fraction: 1.5 });
  assert.deepEqual(size(sizing, NaN), {
    code: "size-unknown",
    reason: "the volatility of the last 30 candles is not known yet",
  });
});

Deno.test("risk by average true range buys so much that a move of so many ranges costs the share", () => {
  const sizing = { kind: "atr-risk", fraction: 0.01, atrMultiple: 2.5, atrLength: 14 } as const;
  assert.deepEqual(size(sizing, 8), { kind: "units", units: 5 }); // 5 × 2.5 × 8 = 100 = 1 % of 10,000
  for (const value of [NaN, 0]) assert.equal("code" in size(sizing, value), true);
  // Of inverse contracts at 100 a fall by 20 costs 1 ÷ 80 − 1 ÷ 100 = 0.0025 each, and a rise by as much less.
  const inverse = instrument({ exchange: "test", symbol: "BTC/USD", kind: "inverse" });
  const found = plainSizing(sizing, { ...FACTS, instrument: inverse, value: 8 });
  assertClose("units" in found ? found.units : NaN, 40_000, "inverse");
});

Deno.test("Kelly looks at the last trades, halves and caps their share, and waits for enough of them (9 cases)", () => {
  const sizing = {
    kind: "kelly",
    multiplier: 0.5,
    maxFraction: 0.4,
    minTrades: 4,
    lookbackTrades: 5,
    fallbackFraction: 0.1,
  } as const;
  const cases: [returns: readonly number[], wanted: number | string][] = [
    [[], 0.1],
    [[0.02, 0.02, 0.02], 0.1],
    // W 0.75, payoff 2: 0.75 − 0.25 ÷ 2 = 0.625, half of it.
    [[0.02, 0.02, 0.02, -0.01], 0.3125],
    [[0.02, 0.02, 0.02, 0.01], 0.4],
    // One trade of four that neither won nor lost: W 0.5, payoff 2: 0.5 − 0.5 ÷ 2 = 0.25, half of it.
    [[0.02, 0.02, 0, -0.01], 0.125],
    // One win: W 0.25, payoff 6: 0.25 − 0.75 ÷ 6 = 0.125, half of it.
    [[0.06, -0.01, -0.01, -0.01], 0.0625],
    // W 0.6, payoff 1: 0.6 − 0.4 = 0.2; the six trades before are forgotten.
    [[-1, -1, -1, -1, -1, -1, 0.01, -0.01, 0.01, -0.01, 0.01], 0.1],
    [[0.01, -0.01, -0.01, 0.01], "no-edge"],
    [[-0.01, -0.01, 0, -0.01], "no-edge"],
  ];
  for (const [returns, wanted] of cases) {
    const result = size(sizing, NaN, returns);
    if (typeof wanted === "string") assert.equal("code" in result && result.code, wanted, String(returns));
    else assertClose("fraction" in result ? result.fraction : NaN, wanted, String(returns));
  }
});

Deno.test("Kelly never exceeds its cap, and does not depend on the order of trades, over 10,000 cases", () => {
  const returns = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(returns, fc.double({ min: 0.01, max: 1, noNaN: true }), (own, multiplier) => {
      const sizing = {
        kind: "kelly",
        multiplier,
        maxFraction: 0.3,
        minTrades: 1,
        lookbackTrades: 40,
        fallbackFraction: 1,
      } as const;
      const result = size(sizing, NaN, own), turned = size(sizing, NaN, own.toReversed());
      // Wins and losses that nearly balance leave what rounding left of both: a share of 1, not of their difference.
      const share = "fraction" in result ? result.fraction : 0,
        turnedShare = "fraction" in turned ? turned.fraction : 0;
      assert.ok(share >= 0 && share <= 0.3);
      assert.ok(Math.abs(turnedShare - share) <= 1e-12, `turned around: ${turnedShare} is not ${share}`);
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("sizes that look at the account alone read no series and stay what they are", () => {
  const plain: Sizing = { kind: "fixed-notional", notionalQuote: 50 };
  assert.deepEqual(sizingSeries(plain, day), []);
  assert.equal(size(plain, NaN), plain);
});
