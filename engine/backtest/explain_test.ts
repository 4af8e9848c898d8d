import assert from "node:assert/strict";
import { sma } from "../indicators/mod.ts";
import { instrument } from "../market/mod.ts";
import { close, crossesAbove, crossesBelow } from "../series/mod.ts";
import { defineStrategy, percent } from "../strategies/mod.ts";
import { readCandles } from "../testing/read_candles.ts";
import { parseTimestamp, timeframe } from "../time/mod.ts";
import { type ExplainedEvent, explainRun, parseRunSpec, runBacktest } from "./mod.ts";

const market = instrument({ exchange: "coinbase", symbol: "BTC/USD" });
const strategy = defineStrategy({
  id: "cross",
  params: {},
  rules: () => ({
    enter: crossesAbove(sma(close, 5), sma(close, 20)),
    exit: crossesBelow(sma(close, 5), sma(close, 20)),
    stop: percent(6),
    target: percent(30),
  }),
}).bind();
const spec = (limits = {}) =>
  parseRunSpec({
    strategy: "cross",
    markets: [{ exchange: "coinbase", symbol: "BTC/USD" }],
    timeframe: "1d",
    costs: { slippageBps: 7 },
    limits,
  });
const days = readCandles(
  "data/samples/coinbase/BTCUSD_1d.parquet",
  market,
  timeframe("1d"),
  "2014-01-01",
  "2019-01-01",
);

const fillsOnly = (event: ExplainedEvent) => event.what === "filled" ? [event] : [];

Deno.test("every trade of a run is explained: the rule that fired, the order, its fill and the rule of the price, as the run has them", async () => {
  const candles = await days;
  const { trades } = await runBacktest(spec(), strategy, [candles]);
  const rules = new Set<string>();
  assert.ok(trades.length > 20);
  for (const trade of trades) {
    // What fills at an open was decided at the close before: the last one by then.
    const entry = explainRun(spec(), strategy, [candles], trade.entryTimeMs);
    const [book] = entry.books;
    assert.equal(book!.position, 0);
    const values = new Map(book!.values.map(({ label, value }) => [label, value]));
    assert.equal(values.get("crossesAbove(sma(close, 5), sma(close, 20))"), 1);
    assert.ok(values.get("sma(close, 5)")! > values.get("sma(close, 20)")!);
    assert.deepEqual(book!.orders.map(({ slot, kind, refusal }) => [slot, kind, refusal]), [["entry", "market", null]]);
    const bought = entry.happened.flatMap(fillsOnly).find(({ order }) => order.slot === "entry")!;
    assert.deepEqual([bought.fill!.price, bought.fill!.basis.rule], [trade.entryPrice, "next-open"]);
    assert.ok(bought.fill!.price > bought.fill!.basis.unslipped);

    const exit = explainRun(spec(), strategy, [candles], trade.exitTimeMs);
    const sold = exit.happened.flatMap(fillsOnly).find(({ order }) => order.side === "sell")!;
    assert.equal(sold.fill!.price, trade.exitPrice);
    const slot = trade.exitReason === "exit" ? "close" : trade.exitReason;
    assert.equal(sold.order.slot, slot);
    assert.ok(sold.fill!.basis.rule.startsWith({ close: "next-open", stop: "stop", target: "limit" }[slot]!));
    rules.add(sold.fill!.basis.rule);
  }
  assert.deepEqual([...rules].sort(), ["limit", "next-open", "stop"]);
});

Deno.test("an order that the limits turned down is told with code and reason", async () => {
  const candles = await days;
  const { trades } = await runBacktest(spec(), strategy, [candles]);
  const { books: [book], happened } = explainRun(
    spec({ maxExposureFraction: 0.1 }),
    strategy,
    [candles],
    trades[0]!.entryTimeMs,
  );
  assert.deepEqual(book!.orders.map(({ refusal }) => refusal?.code), ["max-exposure"]);
  assert.match(book!.orders[0]!.refusal!.reason, /the exposure would be 99.* % of the equity, over 10 %/);
  assert.deepEqual(happened, []);
  const shrinking = spec({ maxExposureFraction: 0.1, shrinkToFit: true });
  const smaller = explainRun(shrinking, strategy, [candles], trades[0]!.entryTimeMs).books[0]!;
  const order = smaller.orders[0]!;
  assert.deepEqual([order.refusal, order.shrunk.map(({ code }) => code)], [null, ["max-exposure"]]);
  assert.ok(order.quantity * smaller.candle!.close <= 1_000);
});

Deno.test("a moment within a candle is that of the close before it, one outside the run is refused", async () => {
  const candles = await days;
  const { decidedAtMs, books } = explainRun(spec(), strategy, [candles], parseTimestamp("2017-03-05T17:30"));
  assert.equal(decidedAtMs, parseTimestamp("2017-03-05"));
  assert.equal(books[0]!.candle!.openTimeMs, parseTimestamp("2017-03-04"));
  for (const outside of ["2010", "2030"]) {
    assert.throws(
      () => explainRun(spec(), strategy, [candles], parseTimestamp(outside)),
      /outside the run: its candles close from 2014-12-02/,
    );
  }
});
