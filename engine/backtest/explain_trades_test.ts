import assert from "node:assert/strict";
import { sma } from "../indicators/mod.ts";
import { instrument } from "../market/mod.ts";
import { close, crossesAbove, crossesBelow } from "../series/mod.ts";
import { defineStrategy, percent, trailingPercent } from "../strategies/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import { readCandles } from "../testing/read_candles.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { explainRun, explainTrades, parseRunSpec, runBacktest, type RunSpec } from "./mod.ts";

const market = instrument({ exchange: "coinbase", symbol: "BTC/USD" });
const days = readCandles(
  "data/samples/coinbase/BTCUSD_1d.parquet",
  market,
  timeframe("1d"),
  "2014-01-01",
  "2019-01-01",
);
const strategyWith = (stop: ReturnType<typeof percent>) =>
  defineStrategy({
    id: "cross",
    params: {},
    rules: () => ({
      enter: crossesAbove(sma(close, 5), sma(close, 20)),
      exit: crossesBelow(sma(close, 5), sma(close, 20)),
      stop,
      target: percent(30),
    }),
  }).bind();
const spec = (fillRules: string): RunSpec =>
  parseRunSpec({
    strategy: "cross",
    markets: [{ exchange: "coinbase", symbol: "BTC/USD" }],
    timeframe: "1d",
    costs: { slippageBps: 7 },
    fillRules: fillRules as never,
  });

for (const fillRules of ["default", "this-close", "backtesting-py"]) {
  Deno.test(`one replay explains every trade as a look at its moments does, with the fill rules ${fillRules}`, async () => {
    const candles = await days, strategy = strategyWith(percent(6)), own = spec(fillRules);
    const { trades } = await runBacktest(own, strategy, [candles]);
    const explained = explainTrades(own, strategy, [candles]);
    assert.equal(explained.trades.length, trades.length);
    assert.ok(trades.length > 20);
    for (const [i, trade] of trades.entries()) {
      const { entry, exit } = explained.trades[i]!;
      assert.ok("order" in exit);
      assert.deepEqual([entry.fill.timeMs, entry.fill.price], [trade.entryTimeMs, trade.entryPrice]);
      assert.deepEqual([exit.fill.timeMs, exit.fill.price], [trade.exitTimeMs, trade.exitPrice]);
      assert.deepEqual([entry.order.slot, exit.order.reason], ["entry", trade.exitReason]);
      for (const { decision: number, fill, candle, order, sentAtMs } of [entry, exit]) {
        const decision = explained.decisions[number]!;
        const { low, high } = candle, { unslipped } = fill.basis;
        assert.equal(candle.timeframe, "1d");
        assert.ok(low <= unslipped && unslipped <= high || fill.basis.rule === "previous-close");
        const moment = explainRun(own, strategy, [candles], sentAtMs as TimestampMs), [book] = moment.books;
        assert.equal(moment.decidedAtMs, decision.decidedAtMs);
        assert.deepEqual(decision.candle, book!.candle);
        assert.deepEqual(explained.labels, book!.values.map(({ label }) => label));
        book!.values.forEach(({ value }, at) =>
          value === null
            ? assert.equal(decision.values[at], null)
            : assertClose(decision.values[at]!, value, `${explained.labels[at]} of trade ${i}`)
        );
        assert.deepEqual(decision.orders.map(({ id }) => id), book!.orders.map(({ id }) => id));
        if (decision.decidedAtMs === sentAtMs && order.slot === "entry") {
          assert.ok(decision.orders.some(({ id }) => id === order.id));
        }
      }
    }
  });
}

Deno.test("a trailing stop is explained by the last close that moved it", async () => {
  const candles = await days, strategy = strategyWith(trailingPercent(8)), own = spec("default");
  const { trades } = await runBacktest(own, strategy, [candles]);
  const explained = explainTrades(own, strategy, [candles]);
  const stopped = explained.trades.filter((_, i) => trades[i]!.exitReason === "stop")
    .flatMap(({ entry, exit }) => "order" in exit ? [{ entry, exit }] : []);
  const moved = stopped.filter(({ entry, exit }) => exit.sentAtMs > entry.fill.timeMs);
  assert.ok(moved.length > 5, `${moved.length} of ${stopped.length} stops had moved`);
  for (const { exit, entry } of moved) {
    assert.ok(exit.order.price! > entry.fill.price * 0.92, "the stop stands above where it began");
    assert.ok(explained.decisions[exit.decision]!.decidedAtMs === exit.sentAtMs);
  }
});
