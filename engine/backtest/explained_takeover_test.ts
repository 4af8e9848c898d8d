import assert from "node:assert/strict";
import { type CandleColumns, candleColumns, fundingColumns, instrument } from "../market/mod.ts";
import { close } from "../series/mod.ts";
import { defineStrategy, percent } from "../strategies/mod.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import {
  type ExplainedEvent,
  explainRun,
  explainTrades,
  parseRunSpec,
  runBacktest,
  type RunSpecInput,
  type VenueFeed,
} from "./mod.ts";

const HOUR_MS = 3_600_000, START_MS = Date.UTC(2024, 0, 1);
const hour = timeframe("1h"), market = instrument({ exchange: "venue", symbol: "BTC/USDT" });
type Bar = readonly [open: number, low: number, high: number, close: number];
const columnsOf = (bars: readonly Bar[], from = 0): CandleColumns =>
  candleColumns(
    market,
    hour,
    bars.map(([open, low, high, close], i) => ({
      openTimeMs: START_MS + (from + i) * HOUR_MS as TimestampMs,
      open,
      high,
      low,
      close,
      volume: 1e6,
    })),
  );
const FLAT: Bar = [20_000, 20_000, 20_000, 20_000];
const atHour = (number: number) => START_MS + number * HOUR_MS as TimestampMs;
const long = defineStrategy({ id: "long", params: {}, rules: () => ({ enter: close.gt(19_999) }) }).bind();

/** Bybit's example: 1 BTC at 20,000 with 50x is liquidated at 19,700, settled at 19,600 where nothing of the margin is left. */
const specOf = (account: Partial<RunSpecInput["account"]> = {}) =>
  parseRunSpec({
    strategy: "long",
    timeframe: "1h",
    markets: [{
      exchange: "venue",
      symbol: "BTC/USDT",
      kind: "linear",
      marginTiers: [{ fromNotional: 0, maintenanceRate: 0.005, maxLeverage: 100 }],
    }],
    account: {
      cashQuote: 1_000,
      leverage: 50,
      marginMode: "isolated",
      liquidation: { feeBps: 0, settleAt: "bankruptcy-price", maintenanceOn: "entry" },
      ...account,
    },
    costs: { makerBps: 0, takerBps: 0 },
    sizing: { kind: "units", units: 1 },
    limits: { maxEntriesPerDay: 1 },
  });

function exitOf(account: Partial<RunSpecInput["account"]>, candles: CandleColumns, feeds: readonly VenueFeed[] = []) {
  const { trades, decisions } = explainTrades(specOf(account), long, [candles], {}, feeds);
  assert.equal(trades.length, 1);
  const [{ entry, exit }] = trades as [typeof trades[0]];
  assert.ok("liquidation" in exit);
  return { entry, ...exit, decidedAtMs: decisions[exit.decision]!.decidedAtMs };
}

Deno.test("a trade that a liquidation closed is explained by it, and not by the order before", async () => {
  const candles = columnsOf([FLAT, FLAT, [20_000, 19_650, 20_000, 19_900], FLAT]);
  const { trades } = await runBacktest(specOf(), long, [candles]);
  assert.deepEqual(trades.map((own) => [own.exitReason, own.exitPrice, own.pnl]), [["liquidation", 19_600, -400]]);
  const { entry, liquidation, decidedAtMs } = exitOf({}, candles);
  assert.deepEqual([entry.fill.timeMs, entry.fill.price], [atHour(1), 20_000]);
  assert.equal(decidedAtMs, atHour(2), "the last close before it");
  assert.deepEqual(liquidation, {
    instrument: "venue:BTC/USDT",
    timeMs: atHour(2),
    quantity: 1,
    price: 19_600,
    markPrice: 19_700,
    fee: 0,
    // Whoever takes it over at 19,600 can sell it at 19,700.
    insurance: 100,
    candle: {
      openTimeMs: atHour(2),
      open: 20_000,
      high: 20_000,
      low: 19_650,
      close: 19_900,
      volume: 1e6,
      timeframe: "1h",
    },
    candleOf: "trades",
  });
});

Deno.test("the fee of a liquidation is told, and a mark that opens beyond the price is the one that triggered it", () => {
  const candles = columnsOf([FLAT, FLAT, [19_650, 19_600, 19_700, 19_690], FLAT]);
  const liquidation = { feeBps: 10, settleAt: "liquidation-price", maintenanceOn: "entry" } as const;
  const { liquidation: own } = exitOf({ liquidation }, candles);
  // 0.1 % of 19,650 is 19.65, and 50 is left of the margin at that price.
  assert.deepEqual([own.markPrice, own.price, own.fee, own.insurance], [19_650, 19_650, 19.65, 19.65]);
  assert.equal(own.candle.openTimeMs, atHour(2));
});

Deno.test("the candle told is that of the mark price where there is one, else the traded one that stood in", () => {
  const candles = columnsOf([FLAT, FLAT, [20_000, 19_600, 20_000, 19_900], FLAT]);
  const marked: Bar = [20_010, 19_690, 20_020, 19_990];
  const whole = exitOf({ markPrice: true }, candles, [{ mark: columnsOf([FLAT, FLAT, marked, FLAT]) }]).liquidation;
  assert.deepEqual([whole.candleOf, whole.candle.open, whole.candle.low, whole.timeMs], [
    "mark",
    20_010,
    19_690,
    atHour(2),
  ]);
  const holed = exitOf({ markPrice: true }, candles, [{ mark: columnsOf([FLAT, FLAT]) }]).liquidation;
  assert.deepEqual([holed.candleOf, holed.candle.low, holed.candle.openTimeMs], ["trades", 19_600, atHour(2)]);
});

Deno.test("the next trade after a liquidation is explained by its own order again", async () => {
  const stopped = defineStrategy({
    id: "long",
    params: {},
    rules: () => ({ enter: close.gt(19_999), stop: percent(1) }),
  }).bind();
  // The first position is gone by a gap before its stop at 19,800 could trade; the second one meets its stop.
  const bars: Bar[] = [FLAT, FLAT, [19_600, 19_600, 20_000, 20_000], FLAT, [20_000, 19_790, 20_000, 19_800], FLAT];
  const spec = { ...specOf(), limits: {} }, candles = columnsOf(bars);
  const { trades } = await runBacktest(spec, stopped, [candles]);
  assert.deepEqual(trades.slice(0, 2).map((own) => own.exitReason), ["liquidation", "stop"]);
  const [first, second] = explainTrades(spec, stopped, [candles]).trades;
  assert.ok("liquidation" in first!.exit && "order" in second!.exit);
  assert.deepEqual([second!.exit.order.slot, second!.exit.fill.price], ["stop", trades[1]!.exitPrice]);
});

Deno.test("a moment tells of the funding that was charged and of the liquidation, between the orders around them", () => {
  const candles = columnsOf([FLAT, FLAT, FLAT, [20_000, 19_650, 20_000, 19_900], FLAT]);
  const feeds = [{
    funding: fundingColumns(market, [1, 2, 3, 4].map((at) => ({ timeMs: atHour(at), rate: -0.0001 * at }))),
  }];
  const at = (number: number) =>
    explainRun(specOf({ funding: true }), long, [candles], atHour(number), {}, feeds).happened;
  const kinds = (events: readonly ExplainedEvent[]) =>
    events.map(({ what, timeMs }) => [what, (timeMs - START_MS) / HOUR_MS]);
  assert.deepEqual(kinds(at(1)), [["filled", 1]]);
  const [charged] = at(2);
  assert.ok(charged!.what === "charged");
  // A long position of 20,000 receives 0.02 %.
  assert.deepEqual(charged.charge, { what: "funding", quantity: 1, rate: -0.0002, markPrice: 20_000, amount: -4 });
  const last = at(3);
  assert.deepEqual(kinds(last), [["charged", 3], ["liquidated", 3]]);
  const [, gone] = last;
  assert.ok(gone!.what === "liquidated");
  // What was received went to the cash, not to the posted margin.
  assert.deepEqual([gone.liquidation.markPrice, gone.liquidation.price], [19_700, 19_600]);
});
