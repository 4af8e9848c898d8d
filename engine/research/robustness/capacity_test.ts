import assert from "node:assert/strict";
import { candleColumns, instrument } from "../../market/mod.ts";
import type { Trade } from "../../portfolio/mod.ts";
import { timeframe, type TimestampMs } from "../../time/mod.ts";
import { capacity } from "./capacity.ts";

const HOUR_MS = 3_600_000, market = instrument({ exchange: "test", symbol: "BTC/USDT" });
const PARKINSON = 2 * Math.sqrt(Math.log(2));
const candlesOf = (volume: number) =>
  candleColumns(
    market,
    timeframe("1h"),
    Array.from({ length: 100 }, (_, i) => ({
      openTimeMs: i * HOUR_MS as TimestampMs,
      open: 100,
      high: 101,
      low: 99,
      close: 100,
      volume,
    })),
  );
const stakesOf = (count: number, profitFraction: number, sizeFraction: number) =>
  Array.from({ length: count }, (_, i) => ({
    trade: {
      instrument: market.id,
      entryTimeMs: 2 * i * HOUR_MS,
      exitTimeMs: (2 * i + 1) * HOUR_MS,
      entryPrice: 100,
      exitPrice: 100,
    } as Trade,
    sizeFraction,
    profitFraction,
  }));
const SETTINGS = { impactCoefficient: 1, participationFraction: 0.1 };
const near = (actual: number | null, expected: number) =>
  assert.ok(Math.abs(actual! / expected - 1) < 1e-9, `${actual} is not ${expected}`);

Deno.test("on constant volume capacity is the formula: R(E) = A − B √E", () => {
  const found = capacity(stakesOf(40, 0.01, 1), [candlesOf(1_000)], 2, SETTINGS);
  // 40 trades of 1 % in two years; each pays volatility × √(E ÷ 100,000) twice.
  const a = 40 * 0.01 / 2, b = 40 * 2 * (2 / 100 / PARKINSON) / Math.sqrt(100 * 1_000) / 2;
  near(found.annualReturnFraction, a);
  near(found.zeroAtQuote, (a / b) ** 2);
  near(found.halfAtQuote, (a / 2 / b) ** 2);
  near(found.participationAtQuote, 0.1 * 100 * 1_000);
  const middle = found.curve[12]!;
  near(middle.annualReturnFraction, a - b * Math.sqrt(middle.equityQuote));
});

Deno.test("capacity grows with the volume, falls with the square of the impact and the cube of the size", () => {
  const base = capacity(stakesOf(40, 0.01, 1), [candlesOf(1_000)], 1, SETTINGS).zeroAtQuote!;
  near(capacity(stakesOf(40, 0.01, 1), [candlesOf(5_000)], 1, SETTINGS).zeroAtQuote, 5 * base);
  near(
    capacity(stakesOf(40, 0.01, 1), [candlesOf(1_000)], 1, { ...SETTINGS, impactCoefficient: 2 }).zeroAtQuote,
    base / 4,
  );
  // The same profit of the account with a quarter of it at stake: a quarter of the cost at half of the impact.
  near(capacity(stakesOf(40, 0.01, 0.25), [candlesOf(1_000)], 1, SETTINGS).zeroAtQuote, 64 * base);
});

Deno.test("what earns nothing has no capacity, and candles without volume are counted and left out", () => {
  assert.equal(capacity(stakesOf(40, -0.01, 1), [candlesOf(1_000)], 1, SETTINGS).zeroAtQuote, null);
  const silent = capacity(stakesOf(3, 0.01, 1), [candlesOf(0)], 1, SETTINGS);
  assert.deepEqual([silent.unknownFills, silent.zeroAtQuote, silent.participationAtQuote], [6, null, null]);
  assert.throws(
    () => capacity([], [], 1, { impactCoefficient: 0, participationFraction: 2 }),
    /impact 0 and participation 2 give no capacity/,
  );
});
