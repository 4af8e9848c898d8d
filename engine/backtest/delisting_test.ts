import assert from "node:assert/strict";
import fc from "fast-check";
import { type CandleColumns, candleColumns, instrument } from "../market/mod.ts";
import { BaseStrategy, type DecisionContext, defineStrategy, limitAt, percent } from "../strategies/mod.ts";
import { restarts } from "../testing/restarts.ts";
import { formatTimestamp, timeframe, type TimestampMs } from "../time/mod.ts";
import { saveTrader } from "../trader/mod.ts";
import { explainRun, parseRunSpec, replayOf, runBacktest, type RunSpecInput } from "./mod.ts";

const HOUR_MS = 3_600_000, START_MS = Date.UTC(2024, 0, 1);
const hour = timeframe("1h");
const markets = ["A", "B"].map((base) => instrument({ exchange: "test", symbol: `${base}/USDT` }));
const at = (hours: number) => formatTimestamp(START_MS + hours * HOUR_MS as TimestampMs);
const history = (market: number, prices: readonly number[]) =>
  candleColumns(
    markets[market]!,
    hour,
    prices.map((price, i) => ({
      openTimeMs: START_MS + i * HOUR_MS as TimestampMs,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: 1,
    })),
  );

/** Buys once, with a stop; then does what it is told on its candles of that number. */
class Holder extends BaseStrategy {
  readonly series = [];
  constructor(readonly exitOn: number, readonly limitOn: number) {
    super();
  }
  decide(context: DecisionContext): void {
    const sizing = { kind: "fixed-notional", notionalQuote: 1_000 } as const;
    if (context.index === 0) context.buy({ sizing, stop: percent(50), target: percent(500) });
    if (context.index === this.exitOn) context.exit();
    if (context.index === this.limitOn) context.buy({ sizing, at: limitAt(4) });
  }
}
const holder = (exitOn = -1, limitOn = -1) =>
  defineStrategy({ id: "holder", params: {}, create: () => new Holder(exitOn, limitOn) }).bind();
const specOf = (delistedAt: string, part: Partial<RunSpecInput> = {}) =>
  parseRunSpec({
    strategy: "holder",
    markets: [{ exchange: "test", symbol: "A/USDT", feeAsset: "quote", delistedAt }, {
      exchange: "test",
      symbol: "B/USDT",
      feeAsset: "quote",
    }],
    timeframe: "1h",
    costs: { makerBps: 0, takerBps: 10, slippageBps: 20 },
    ...part,
  });
const exits = async (spec: ReturnType<typeof specOf>, strategy: ReturnType<typeof holder>, candles: CandleColumns[]) =>
  (await runBacktest(spec, strategy, candles)).trades.map(({ instrument, exitReason, exitPrice, exitTimeMs }) => [
    instrument,
    exitReason,
    exitPrice,
    (exitTimeMs - START_MS) / HOUR_MS,
  ]);
const two = [history(0, [10, 10, 12, 15]), history(1, [10, 10, 10, 10, 10, 10, 10, 10])];

Deno.test("what is held in a market that ends is closed at its last trade, at the taker's fee, when it ends", async () => {
  // Bought at 10 and its slippage of 20 bps; settled at 15, the last close, without any.
  const { trades, notes, equity } = await runBacktest(specOf(at(5)), holder(), two);
  assert.deepEqual(trades.map((own) => [own.instrument, own.exitReason, own.entryPrice, own.exitPrice]), [
    ["test:A/USDT", "delisted", 10.02, 15],
  ]);
  const { quantity, fees, pnl } = trades[0]!;
  assert.ok(Math.abs(fees - quantity * (10.02 + 15) * 0.001) < 1e-6);
  assert.ok(Math.abs(pnl - (quantity * 4.98 - fees)) < 1e-6);
  assert.deepEqual(notes.openTrades.map(({ instrument }) => instrument), ["test:B/USDT"]);
  assert.deepEqual(await exits(specOf(at(5)), holder(), two), [["test:A/USDT", "delisted", 15, 5]]);
  // From the settlement on, and on its own close, the equity has the fee in it.
  assert.ok(equity.equity[4]! < equity.equity[3]!);
  assert.equal(equity.equity[5], equity.equity[4]);
});

Deno.test("a market that ends with its last candle is closed on it, and one whose end nobody's candles reach at its end", async () => {
  assert.deepEqual(await exits(specOf(at(4)), holder(), two), [["test:A/USDT", "delisted", 15, 4]]);
  const alone = { markets: [{ exchange: "test", symbol: "A/USDT", delistedAt: at(9) }] };
  assert.deepEqual(await exits(specOf(at(9), alone), holder(), [two[0]!]), [["test:A/USDT", "delisted", 15, 9]]);
  // A run that stops before does not know of it.
  const { trades, notes } = await runBacktest(specOf(at(9), { ...alone, to: at(6) }), holder(), [two[0]!]);
  assert.deepEqual([trades.length, notes.openTrades.length], [0, 1]);
});

Deno.test("a closing order that found no candle any more gives way to the settlement, and an entry that waits is taken back", async () => {
  assert.deepEqual(await exits(specOf(at(5)), holder(3), two), [
    ["test:B/USDT", "exit", 9.98, 4],
    ["test:A/USDT", "delisted", 15, 5],
  ]);
  const { trader, simulator } = replayOf(specOf(at(5)), holder(1, 3), two, START_MS as TimestampMs);
  assert.equal(trader.state.books[0]!.position, 0n);
  assert.deepEqual(trader.state.orders.map(({ intent }) => intent.instrument), ["test:B/USDT"]);
  assert.equal(simulator.account.position(0), 0n);
  assert.equal(trader.state.account.cash, simulator.account.cash);
});

Deno.test("an explanation names the settlement", () => {
  const { books } = explainRun(specOf(at(5)), holder(), two, START_MS + 5 * HOUR_MS as TimestampMs);
  assert.deepEqual(books[0]!.orders.map(({ slot, reason }) => [slot, reason]), [["close", "delisted"]]);
});

Deno.test("trader and exchange agree, nothing is held after an end, and a restart changes nothing, over 10,000 accounts", () => {
  const prices = fc.array(fc.integer({ min: 5, max: 20 }), { minLength: 1, maxLength: 8 });
  let settled = 0;
  fc.assert(
    fc.property(prices, prices, fc.nat(9), fc.nat(7), fc.nat(7), (a, b, end, exitOn, limitOn) => {
      const spec = specOf(at(1 + end)), strategy = holder(exitOn, limitOn);
      const candles = [history(0, a.slice(0, 1 + end)), history(1, b)];
      const whole = replayOf(spec, strategy, candles, START_MS as TimestampMs);
      const { state } = whole.trader;
      assert.equal(state.account.cash, whole.simulator.account.cash);
      assert.equal(state.books[0]!.position, 0n);
      assert.ok(!state.orders.some(({ intent }) => intent.book === 0));
      settled += whole.closed.filter(({ lot }) => lot.exitReason === "delisted").length;
      const split = replayOf(spec, strategy, candles, START_MS as TimestampMs, undefined, restarts(1 + end % 3));
      assert.equal(saveTrader(split.trader), saveTrader(whole.trader));
      assert.deepEqual(split.equity, whole.equity);
    }),
    { numRuns: 10_000 },
  );
  assert.ok(settled > 2_000, `${settled} settled`);
});
