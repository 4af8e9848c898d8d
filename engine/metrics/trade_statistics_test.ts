import assert from "node:assert/strict";
import fc from "fast-check";
import type { InstrumentId } from "../market/mod.ts";
import type { Trade } from "../portfolio/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import type { TimestampMs } from "../time/mod.ts";
import { TRADE_METRICS, tradeMetrics } from "./mod.ts";

const HOUR_MS = 3_600_000;

/** A trade of one unit at 100 with this pnl; `hours` long, one candle an hour. */
function trade(pnl: number, more: { hours?: number; side?: "long" | "short"; mae?: number; mfe?: number } = {}): Trade {
  const { hours = 1, side = "long", mae = Math.min(0, pnl / 100), mfe = Math.max(0, pnl / 100) } = more;
  return {
    instrument: "test:BTC/USDT" as InstrumentId,
    strategy: "test",
    side,
    entryTimeMs: 0 as TimestampMs,
    exitTimeMs: hours * HOUR_MS as TimestampMs,
    quantity: 1,
    entryPrice: 100,
    exitPrice: 100 + (side === "long" ? pnl + 1 : -pnl - 1),
    fees: 1,
    pnl,
    returnFraction: pnl / 100,
    entryReason: "enter",
    exitReason: "exit",
    maeFraction: mae,
    mfeFraction: mfe,
    bars: hours,
  };
}

Deno.test("the figures of +10, +20, −5, −10 and 0 are those of a calculation by hand", () => {
  const figures = tradeMetrics([
    trade(10, { hours: 24, mae: -0.02 }),
    trade(20, { hours: 48, mfe: 0.3 }),
    trade(-5, { hours: 12, side: "short" }),
    trade(-10, { hours: 12, side: "short", mae: -0.2 }),
    trade(0, { hours: 24 }),
  ]);
  const expected: Partial<Record<keyof typeof figures, number>> = {
    tradeCount: 5,
    longTradeCount: 3,
    shortTradeCount: 2,
    winRateFraction: 2 / 5,
    longWinRateFraction: 2 / 3,
    shortWinRateFraction: 0,
    profitFactor: 30 / 15,
    returnProfitFactor: 2,
    payoffRatio: 15 / 7.5,
    expectancyQuote: 15 / 5,
    averageTradeFraction: 0.03,
    medianTradeFraction: 0,
    bestTradeFraction: 0.2,
    worstTradeFraction: -0.1,
    // Distances from 3: 7, 17, −8, −13, −3; squares 49 + 289 + 64 + 169 + 9 = 580; ÷ 4 = 145.
    sqn: Math.sqrt(5) * 3 / Math.sqrt(145),
    // 0.4 − 0.6 ÷ 2
    kellyFraction: 0.1,
    netProfitQuote: 15,
    longNetProfitQuote: 30,
    shortNetProfitQuote: -15,
    // Of −2 %, 0, −5 %, −20 % and 0.
    averageMaeFraction: -0.27 / 5,
    worstMaeFraction: -0.2,
    // Of 10 %, 30 % and three times 0.
    averageMfeFraction: 0.4 / 5,
    averageTradeDays: 1,
    maxTradeDays: 2,
    averageTradeCandles: 24,
    longestWinningTrades: 2,
    longestLosingTrades: 2,
  };
  for (const [name, value] of Object.entries(expected)) assertClose(figures[name as keyof typeof figures], value, name);
  // 1.1 × 1.2 × 0.95 × 0.9 × 1 = 1.12860
  assertClose(figures.geometricTradeFraction, 1.1286 ** (1 / 5) - 1, "geometricTradeFraction");
});

Deno.test("no trade: counts and sums are 0, everything else is not defined", () => {
  for (const [name, value] of Object.entries(tradeMetrics([]))) {
    assert.equal(value, /Count$|netProfitQuote$|^longest/i.test(name) ? 0 : null, name);
  }
});

Deno.test("winners only have no profit factor, no payoff and no Kelly fraction: nothing was lost to compare with", () => {
  const { profitFactor, payoffRatio, kellyFraction, winRateFraction } = tradeMetrics([trade(1), trade(2)]);
  assert.deepEqual([profitFactor, payoffRatio, kellyFraction, winRateFraction], [null, null, null, 1]);
});

Deno.test("one trade, and trades of equal profit, have no quality number", () => {
  assert.equal(tradeMetrics([trade(3)]).sqn, null);
  assert.equal(tradeMetrics(Array.from({ length: 7 }, () => trade(0.1))).sqn, null);
});

Deno.test("only the streaks depend on the order of trades", () => {
  // Whole profits add up exactly in any order.
  const anyTrade = fc.record({ pnl: fc.integer({ min: -90, max: 90 }), hours: fc.nat(100), long: fc.boolean() })
    .map(({ pnl, hours, long }) => trade(pnl, { hours, side: long ? "long" : "short" }));
  fc.assert(fc.property(fc.array(anyTrade, { maxLength: 30 }), (trades) => {
    const once = tradeMetrics(trades), reversed = tradeMetrics(trades.toReversed());
    for (const name of Object.keys(TRADE_METRICS) as (keyof typeof once)[]) {
      const [a, b] = [once[name], reversed[name]];
      if (name.startsWith("longest") || a === null) assert.equal(b, a, name);
      else assert.ok(Math.abs(a - b!) <= 1e-9 * Math.max(1, Math.abs(a)), `${name}: ${a} and ${b}`);
    }
  }));
});

Deno.test("every figure of trades is a finite number or null, and has its text", () => {
  fc.assert(fc.property(fc.array(fc.double({ min: -99, max: 1e6, noNaN: true }), { maxLength: 30 }), (profits) => {
    const figures = tradeMetrics(profits.map((pnl) => trade(pnl)));
    for (const [name, value] of Object.entries(figures)) {
      assert.ok(value === null || Number.isFinite(value), `${name} ${value}`);
    }
    assert.deepEqual(Object.keys(figures).sort(), Object.keys(TRADE_METRICS).sort());
  }));
});
