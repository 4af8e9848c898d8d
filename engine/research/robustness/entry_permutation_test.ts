import assert from "node:assert/strict";
import { type CandleColumns, candleColumns, instrument } from "../../market/mod.ts";
import type { Trade } from "../../portfolio/mod.ts";
import { SeededRandom, timeframe, type TimestampMs } from "../../time/mod.ts";
import { entryPermutation } from "./entry_permutation.ts";

const HOUR_MS = 3_600_000, market = instrument({ exchange: "test", symbol: "BTC/USDT" });

/** A market that goes up or down by 1 % an hour, by chance. */
function walk(length: number, seed: number): CandleColumns {
  const random = new SeededRandom(seed), opens = [100];
  for (let i = 0; i < length; i++) opens.push(opens[i]! * (random.next() < 0.5 ? 1.01 : 1 / 1.01));
  return candleColumns(
    market,
    timeframe("1h"),
    Array.from({ length }, (_, i) => {
      const open = opens[i]!, close = opens[i + 1]!;
      return {
        openTimeMs: i * HOUR_MS as TimestampMs,
        open,
        high: Math.max(open, close),
        low: Math.min(open, close),
        close,
        volume: 1,
      };
    }),
  );
}

function trade(from: number, to: number, side: "long" | "short" = "long"): Trade {
  return {
    instrument: market.id,
    strategy: "test",
    side,
    entryTimeMs: from * HOUR_MS as TimestampMs,
    exitTimeMs: to * HOUR_MS as TimestampMs,
    quantity: 1,
    entryPrice: 1,
    exitPrice: 1,
    fees: 0,
    pnl: 0,
    returnFraction: 0,
    entryReason: "enter",
    exitReason: "exit",
    maeFraction: 0,
    mfeFraction: 0,
    bars: to - from,
  };
}

const tested = (trades: readonly Trade[], candles: CandleColumns, samples: number, seed: number) =>
  entryPermutation(trades, [candles], 0, samples, new SeededRandom(seed))!;

Deno.test("entries that know the next hour are beaten by no random ones", () => {
  const candles = walk(1_000, 1), { open, close } = candles;
  const trades = Array.from({ length: 999 }, (_, i) => i).filter((row) => row % 3 === 0 && close[row]! > open[row]!)
    .map((row) => trade(row, row + 1));
  const { pValue, rotatedPValue, gross } = tested(trades, candles, 999, 2);
  assert.equal(pValue, 1 / 1_000);
  assert.equal(rotatedPValue, 1 / 1_000);
  assert.ok(Math.abs(gross.actual! - trades.length * Math.log(1.01)) < 1e-9);
  const shorts = trades.map((own) => ({ ...own, side: "short" as const }));
  assert.ok(tested(shorts, candles, 999, 2).pValue > 0.999, "the same the other way round is the worst of all");
});

Deno.test("entries that know nothing have p-values that are spread evenly from 0 to 1", () => {
  const RUNS = 400, placed: number[] = [], rotated: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const candles = walk(400, run), random = new SeededRandom(10_000 + run), trades: Trade[] = [];
    for (let row = Math.floor(random.next() * 12); row < 380;) {
      const length = 1 + Math.floor(random.next() * 9);
      trades.push(trade(row, row + length, random.next() < 0.5 ? "long" : "short"));
      row += length + Math.floor(random.next() * 20);
    }
    const { pValue, rotatedPValue } = tested(trades, candles, 99, 20_000 + run);
    placed.push(pValue);
    rotated.push(rotatedPValue);
  }
  for (const [name, values] of [["placed", placed], ["rotated", rotated]] as const) {
    // Kolmogorov and Smirnov: 1.63 ÷ √n is exceeded in one of a hundred; the p-values lie on a grid of 0.01.
    const sorted = values.toSorted((a, b) => a - b);
    const gap = sorted.reduce((most, value, i) => Math.max(most, Math.abs(value - (i + 0.5) / RUNS)), 0);
    assert.ok(gap < 1.63 / Math.sqrt(RUNS) + 0.01, `${name}: ${gap}`);
  }
});

Deno.test("a market that rises helps random entries as much: exposure alone is no signal", () => {
  const rising = walk(600, 3), { open, high, low, close } = rising;
  for (let row = 0; row < rising.length; row++) {
    for (const column of [open, high, low, close]) column[row] = column[row]! * (1 + row / 20);
  }
  const trades = Array.from({ length: 30 }, (_, i) => trade(20 * i, 20 * i + 10));
  assert.ok(tested(trades, rising, 499, 4).pValue > 0.05);
  assert.ok(tested(trades, rising, 499, 4).gross.actual! > 0.5, "though it made money");
});

Deno.test("trades of one market that overlap cannot be put elsewhere one by one", () => {
  const candles = walk(50, 1);
  assert.equal(entryPermutation([trade(0, 10), trade(5, 15)], [candles], 0, 10, new SeededRandom(1)), null);
  assert.equal(entryPermutation([], [candles], 0, 10, new SeededRandom(1)), null);
  assert.ok(entryPermutation([trade(0, 10), trade(10, 49)], [candles], 0, 10, new SeededRandom(1)));
});
