import assert from "node:assert/strict";
import { parseRunSpec, runBacktest, type RunFill, type RunSpec, type RunSpecInput } from "../../backtest/mod.ts";
import { type CandleColumns, candleColumns, instrument } from "../../market/mod.ts";
import { close } from "../../series/mod.ts";
import { defineStrategy } from "../../strategies/mod.ts";
import { timeframe, type TimestampMs } from "../../time/mod.ts";
import { breakEvenBps, flatCosts, multipliedCosts, paidCosts } from "./cost_stress.ts";
import { delayed, lateDecisions } from "./late_decisions.ts";
import { Replayer } from "./replayer.ts";

const HOUR_MS = 3_600_000, market = { exchange: "test", symbol: "BTC/USDT" };

/** Candles that open at the close before: flat at each price. */
function candlesAt(...opens: number[]): CandleColumns {
  return candleColumns(
    instrument(market),
    timeframe("1h"),
    opens.map((price, i) => {
      const next = opens[i + 1] ?? price;
      return {
        openTimeMs: i * HOUR_MS as TimestampMs,
        open: price,
        high: Math.max(price, next),
        low: Math.min(price, next),
        close: next,
        volume: 1_000,
      };
    }),
  );
}

/** Buys after a close of 100 and sells after one of 110. */
const oneTrade = defineStrategy({
  id: "one-trade",
  params: {},
  rules: () => ({ enter: close.eq(100), exit: close.eq(110) }),
});
const specOf = (more: Partial<RunSpecInput> = {}) =>
  parseRunSpec({ strategy: "one-trade", markets: [market], timeframe: "1h", ...more });
const replayerOf = (candles: CandleColumns, spec: RunSpec) =>
  new Replayer(spec, oneTrade.bind(), { used: [candles], tradeFromMs: 0 as TimestampMs });
const goesOn = () => Promise.resolve(true);
const near = (actual: number | null, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual! - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);

// Decided at the close of 100 it buys at the open of 100; decided at 110 it sells at 110.
const candles = candlesAt(90, 100, 105, 110, 120);

Deno.test("the break-even cost of one trade of 10 % is what the sum says: 1.1 × (1 − c)² = 1", async () => {
  for (const spec of [specOf(), specOf({ limits: { maxPositions: 1 } })]) {
    const replayer = replayerOf(candles, spec), free = replayer.run({ spec: flatCosts(spec, 0) });
    near(free.totalReturnFraction, 0.1, 1e-9);
    near(await breakEvenBps(replayer, free, goesOn), 10_000 * (1 - 1 / Math.sqrt(1.1)), 0.02);
  }
});

Deno.test("what loses without costs breaks even at none, and what trades too little at no cost that is looked at", async () => {
  const spec = specOf(), falling = candlesAt(90, 100, 99, 98, 97), hardly = candlesAt(90, 100, 200, 400, 500);
  const of = async (own: CandleColumns) => {
    const replayer = replayerOf(own, spec);
    return await breakEvenBps(replayer, replayer.run({ spec: flatCosts(spec, 0) }), goesOn);
  };
  assert.equal(await of(falling), 0);
  assert.equal(await of(hardly), null);
  const replayer = replayerOf(candles, spec);
  assert.equal(await breakEvenBps(replayer, replayer.run(), () => Promise.resolve(false)), null, "interrupted");
});

Deno.test("paid costs are fees and slippage of what was traded, in basis points", () => {
  const fill = (side: "buy" | "sell", price: number, referencePrice: number, feeQuote: number) =>
    ({ side, price, referencePrice, feeQuote, quantity: 2 }) as RunFill;
  const { feeBps, slippageBps } = paidCosts([fill("buy", 101, 100, 0.2), fill("sell", 99, 100, 0.2)]);
  near(feeBps, 0.4 / 400 * 10_000, 1e-9);
  near(slippageBps, 4 / 400 * 10_000, 1e-9);
  assert.deepEqual(paidCosts([]), { feeBps: null, slippageBps: null });
});

Deno.test("costs are multiplied wherever they stand, rebates are not", () => {
  const spec = specOf({
    markets: [{ ...market, makerBps: -1, takerBps: 5 }],
    costs: {
      makerBps: -2,
      takerBps: 10,
      tiers: [{ fromVolumeQuote: 1e6, makerBps: 1, takerBps: 4 }],
      fixedFeeQuote: 1,
      slippage: { kind: "square-root", halfSpreadBps: 1, coefficient: 0.5 },
      reserveBps: 30,
    },
  });
  const { markets: [own], costs } = multipliedCosts(spec, 3);
  assert.deepEqual([own!.makerBps, own!.takerBps, costs.makerBps, costs.takerBps], [-1, 15, -2, 30]);
  assert.deepEqual(costs.tiers, [{ fromVolumeQuote: 1e6, makerBps: 3, takerBps: 12 }]);
  assert.deepEqual(costs.slippage, { kind: "square-root", halfSpreadBps: 3, coefficient: 1.5 });
  assert.deepEqual([costs.fixedFeeQuote, costs.reserveBps], [3, 90]);
  assert.deepEqual(multipliedCosts(spec, 1), spec, "once is the run itself");
});

Deno.test("one bar later an order fills one open later: the trade from 100 to 110 becomes one from 105 to 120", async () => {
  const spec = specOf({ costs: { makerBps: 0, takerBps: 0 } }), replayer = replayerOf(candles, spec);
  const { figures, isOneBar } = lateDecisions(replayer, HOUR_MS);
  assert.ok(isOneBar);
  const { trades: [late] } = await runBacktest(delayed(spec, HOUR_MS), oneTrade.bind(), [candles]);
  assert.deepEqual([late!.entryPrice, late!.exitPrice], [105, 120]);
  // Sized for 100, it has no more than its cash to spend at 105.
  near(figures.totalReturnFraction, 120 / 105 - 1, 1e-6);
});

Deno.test("no delay is the run itself, and a delay adds to the latency that a run has", () => {
  const spec = specOf();
  assert.equal(delayed(spec, 0), spec);
  const own = { ...spec, fillRules: { ...spec.fillRules, latencyMs: [10, 30] } };
  assert.deepEqual(delayed(own, 1_000).fillRules.latencyMs, [1_010, 1_030]);
  const second = lateDecisions(replayerOf(candles, spec), 1_000);
  assert.ok(!second.isOneBar && second.figures.tradeCount === 1);
});
