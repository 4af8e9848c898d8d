import assert from "node:assert/strict";
import fc from "fast-check";
import { atr, sma } from "../indicators/mod.ts";
import { type CandleColumns, candleColumns, instrument, sliceCandles } from "../market/mod.ts";
import { notionalToNumber, quantityToNumber } from "../money/mod.ts";
import { close, crossesAbove, crossesBelow, of } from "../series/mod.ts";
import { backtestingPyRules, defaultRules, thisCloseRules } from "../simulator/mod.ts";
import { defineStrategy, number, percent, smaCross } from "../strategies/mod.ts";
import { randomCandles } from "../testing/random_candles.ts";
import { formatTimestamp, timeframe, type TimestampMs } from "../time/mod.ts";
import { parseRunSpec, replayOf, runBacktest, type RunSpecInput } from "./mod.ts";

const minute = timeframe("1m");
const btc = instrument({ exchange: "test", symbol: "BTC/USDT" }),
  eth = instrument({ exchange: "test", symbol: "ETH/USDT" });
const START = Date.UTC(2024, 0, 1);
const history = randomCandles(btc, minute, START, 250);

const busy = defineStrategy({
  id: "busy",
  params: { stop: number({ default: 1, min: 0.1, max: 50 }) },
  rules: ({ stop }) => ({
    enter: crossesAbove(sma(close, 2), sma(close, 5)),
    exit: crossesBelow(sma(close, 2), sma(close, 5)),
    enterShort: crossesBelow(sma(close, 3), sma(close, 7)),
    exitShort: crossesAbove(sma(close, 3), sma(close, 7)),
    stop: percent(stop),
    target: atr(3).mul(2),
  }),
});

function specOf(part: Partial<RunSpecInput> = {}): ReturnType<typeof parseRunSpec> {
  return parseRunSpec({
    strategy: "busy",
    markets: [{ exchange: "test", symbol: "BTC/USDT", kind: "linear", tick: "0.01", lot: "0.001" }],
    timeframe: "1m",
    costs: { makerBps: 2, takerBps: 5, slippageBps: 3 },
    ...part,
  });
}
const bound = busy.bind();
const run = (candles: CandleColumns, part: Partial<RunSpecInput> = {}, strategy = bound) =>
  runBacktest(specOf(part), strategy, [candles]);
const flatCandles = (closes: number[]) =>
  candleColumns(
    btc,
    minute,
    closes.map((price, i) => ({
      openTimeMs: (START + i * 60_000) as TimestampMs,
      open: closes[i - 1] ?? price,
      high: Math.max(price, closes[i - 1] ?? price),
      low: Math.min(price, closes[i - 1] ?? price),
      close: price,
      volume: 1,
    })),
  );

Deno.test("the same run gives the same record, over 200 histories; another candle, parameter or cost another hash", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (candles) => {
      assert.deepEqual(await run(candles), await run(candles));
    }),
    { numRuns: 200 },
  );
  const candles = fc.sample(history, { numRuns: 1, seed: 3 })[0]!;
  const hash = async (...args: Parameters<typeof run>) => (await run(...args)).manifest.run.hash;
  const changed = { ...candles, close: candles.close.slice() };
  changed.close[candles.length - 1]! += 0.01;
  const hashes = [
    await hash(candles),
    await hash(changed),
    await hash(candles, { costs: { takerBps: 6 } }),
    await hash(candles, { fillRules: "this-close" }),
    await hash(candles, {}, busy.bind({ stop: 2 })),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
});

Deno.test("a manifest is a spec: it repeats the run, hash and all", async () => {
  const candles = fc.sample(history, { numRuns: 1, seed: 5 })[0]!;
  const first = await run(candles);
  const again = await runBacktest(
    parseRunSpec(JSON.parse(JSON.stringify(first.manifest))),
    busy.bind(first.manifest.params),
    [candles],
  );
  assert.deepEqual(again, first);
});

Deno.test("what comes after a candle changes no trade and no equity up to it, over 300 histories", async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(), async (candles, at) => {
      const rows = 1 + at % candles.length;
      const whole = replayOf(specOf(), bound, [candles], START as TimestampMs);
      const past = replayOf(specOf(), bound, [sliceCandles(candles, 0, rows)], START as TimestampMs);
      assert.deepEqual(Array.from(past.equity.equity), Array.from(whole.equity.equity.subarray(0, rows)));
      assert.deepEqual(past.closed, whole.closed.slice(0, past.closed.length));
      await Promise.resolve();
    }),
    { numRuns: 300 },
  );
});

Deno.test("equity is cash plus positions at the close, and trader and exchange agree exactly, over 500 histories", () => {
  fc.assert(
    fc.property(history, fc.constantFrom(defaultRules, thisCloseRules, backtestingPyRules), (candles, fillRules) => {
      const { trader, simulator, equity } = replayOf(specOf({ fillRules }), bound, [candles], START as TimestampMs);
      const { account } = trader.state;
      assert.equal(account.cash, simulator.account.cash);
      assert.equal(account.positions[0], simulator.account.position(0));
      const marked = notionalToNumber(account.cash) +
        quantityToNumber(account.positions[0]!) * candles.close[candles.length - 1]!;
      assert.ok(Math.abs(equity.equity[candles.length - 1]! - marked) <= 1e-9 * Math.abs(marked));
    }),
    { numRuns: 500 },
  );
});

Deno.test("profits of the trades and the open position add up to the change of equity, over 300 histories", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (candles) => {
      const { trades, equity, notes } = await run(candles);
      const profit = [...trades, ...notes.openTrades].reduce((sum, { pnl }) => sum + pnl, 0);
      assert.ok(Math.abs(10_000 + profit - equity.equity[candles.length - 1]!) < 1e-6);
    }),
    { numRuns: 300 },
  );
});

Deno.test("an order decided at a close fills at the next candle's open, and not on the same candle", async () => {
  const closes = [10, 10, 10, 10, 10, 11, 12, 13, 14, 13, 12, 11, 10, 9];
  const strategy = defineStrategy({
    id: "cross",
    params: {},
    rules: () => ({
      enter: crossesAbove(sma(close, 1), sma(close, 3)),
      exit: crossesBelow(sma(close, 1), sma(close, 3)),
    }),
  });
  const spot = { exchange: "test", symbol: "BTC/USDT" };
  const { trades } = await run(
    flatCandles(closes),
    { markets: [spot], costs: { makerBps: 0, takerBps: 0 } },
    strategy.bind(),
  );
  // The cross is seen at the close of candle 5 (11), so candle 6 opens the trade, at its open of 11.
  assert.deepEqual(
    trades.map((
      trade,
    ) => [
      (trade.entryTimeMs - START) / 60_000,
      trade.entryPrice,
      (trade.exitTimeMs - START) / 60_000,
      trade.exitPrice,
    ]),
    [[6, 11, 10, 13]],
  );
});

Deno.test("a spot fee is taken from what was bought: the trade is net of it and the whole position is sold", async () => {
  const closes = [10, 10, 10, 10, 10, 11, 12, 13, 14, 13, 12, 11, 10, 9];
  const strategy = defineStrategy({
    id: "cross",
    params: {},
    rules: () => ({
      enter: crossesAbove(sma(close, 1), sma(close, 3)),
      exit: crossesBelow(sma(close, 1), sma(close, 3)),
    }),
  });
  const { trades, notes } = await run(flatCandles(closes), {
    markets: [{ exchange: "test", symbol: "BTC/USDT" }],
    costs: { takerBps: 10 },
  }, strategy.bind());
  const [trade] = trades;
  assert.deepEqual(notes.openTrades, []);
  const bought = trade!.quantity / 0.999;
  assert.ok(Math.abs(trade!.fees - (bought * 0.001 * 11 + trade!.quantity * 13 * 0.001)) < 1e-6);
  assert.ok(Math.abs(trade!.pnl - (trade!.quantity * 2 - trade!.fees)) < 1e-6);
});

Deno.test("with a start, candles before it warm the series up and nothing is decided on them", async () => {
  const candles = fc.sample(randomCandles(btc, minute, START, 400), { numRuns: 20, seed: 11 }).find((own) =>
    own.length > 350
  )!;
  const from = candles.openTimeMs[300] as TimestampMs;
  const { manifest, trades, equity } = await run(candles, { from: formatTimestamp(from) });
  assert.equal(manifest.run.tradedFromMs, from);
  assert.ok(manifest.run.data[0]!.originMs < from);
  assert.equal(equity.equity.length, candles.length - 300);
  assert.ok(trades.every((trade) => trade.entryTimeMs > from));
});

Deno.test("when the data begin after the start that was asked for, the run says so", async () => {
  const candles = fc.sample(history, { numRuns: 1, seed: 2 })[0]!;
  const { notes } = await run(candles, { from: "2023-06-01" });
  assert.ok(notes.warnings.some((warning) => warning.includes("begin on 2024-01-01")));
});

Deno.test("several markets share one account, and the order in which they are listed decides nothing", () => {
  const both = fc.tuple(history, randomCandles(eth, minute, START, 250));
  fc.assert(
    fc.property(both, ([a, b]) => {
      const markets = [{ exchange: "test", symbol: "BTC/USDT", kind: "linear" as const }, {
        exchange: "test",
        symbol: "ETH/USDT",
        kind: "linear" as const,
      }];
      const result = replayOf(specOf({ markets, sizing: { kind: "fixed-notional", notionalQuote: 100 } }), bound, [
        a,
        b,
      ], START as TimestampMs);
      assert.equal(result.trader.state.account.cash, result.simulator.account.cash);
      for (const i of [0, 1]) {
        assert.equal(result.trader.state.account.positions[i], result.simulator.account.position(i));
      }
      const times = Array.from(result.equity.closeTimeMs);
      assert.deepEqual(
        times,
        [...new Set([...a.openTimeMs, ...b.openTimeMs])].sort((x, y) => x - y).map((time) => time + 60_000),
      );
      const swapped = replayOf(
        specOf({ markets: [markets[1]!, markets[0]!], sizing: { kind: "fixed-notional", notionalQuote: 100 } }),
        bound,
        [b, a],
        START as TimestampMs,
      );
      assert.deepEqual(
        Array.from(swapped.equity.equity),
        Array.from(result.equity.equity),
      );
    }),
    { numRuns: 150 },
  );
});

Deno.test("a strategy may read another symbol without trading it, and is told when its candles are missing", async () => {
  const [a, b] = [
    fc.sample(history, { numRuns: 1, seed: 21 })[0]!,
    fc.sample(randomCandles(eth, minute, START, 250), { numRuns: 1, seed: 22 })[0]!,
  ];
  const follower = defineStrategy({
    id: "follower",
    params: {},
    rules: () => ({
      enter: of("ETH/USDT", crossesAbove(close, sma(close, 3))),
      exit: of("ETH/USDT", crossesBelow(close, sma(close, 3))),
    }),
  });
  const record = await runBacktest(specOf(), follower.bind(), [a, b]);
  assert.ok(record.trades.length > 0);
  assert.ok(record.trades.every((trade) => trade.instrument === btc.id));
  await assert.rejects(runBacktest(specOf(), follower.bind(), [a]), /reads ETH\/USDT/);
});

Deno.test("risk per trade loses its share at the stop", async () => {
  const closes = [...Array(20).fill(100), 101, 102, 90, 90, 90];
  const strategy = defineStrategy({
    id: "risky",
    params: {},
    rules: () => ({ enter: crossesAbove(close, sma(close, 5)), stop: percent(5) }),
  });
  const { trades } = await run(flatCandles(closes), {
    sizing: { kind: "risk-per-trade", fraction: 0.01 },
    costs: { makerBps: 0, takerBps: 0 },
    account: { leverage: 5 },
  }, strategy.bind());
  assert.equal(trades[0]!.exitReason, "stop");
  assert.ok(Math.abs(trades[0]!.pnl + 100) < 1, `lost ${trades[0]!.pnl}, not 1 % of 10,000`);
});

Deno.test("a spec that cannot be used names the field and the remedy (13 cases)", () => {
  const cases: [Partial<RunSpecInput> | Record<string, unknown>, RegExp][] = [
    [{ timeframe: "7m" }, /"7m" is not a timeframe/],
    [{ from: "yesterday" }, /"yesterday" is not a date/],
    [{ from: "2024-02", to: "2024-01" }, /range from 2024-02 to 2024-01 is empty/],
    [{ markets: [] }, /"markets"/],
    [{ markets: [{ exchange: "test", symbol: "BTCUSDT" }] }, /"BTCUSDT" is not a symbol/],
    [
      { markets: [{ exchange: "test", symbol: "BTC/USDT" }, { exchange: "test", symbol: "ETH/BTC" }] },
      /settle in one asset.*USDT and BTC/,
    ],
    [
      { markets: [{ exchange: "test", symbol: "BTC/USDT" }, { exchange: "test", symbol: "BTC/USDT", tick: "0.1" }] },
      /has BTC\/USDT of test twice: name a market once/,
    ],
    [{ account: { cashQuote: -1 } }, /"account.cashQuote"/],
    [{ costs: { takerBps: "ten" } }, /"costs.takerBps"/],
    [{ fillRules: "perfect" }, /"fillRules" of the run spec cannot be used: use one of default, this-close/],
    [{ sizing: { kind: "all-in" } }, /"sizing/],
    [{ sed: 1 }, /sed/],
    [{ seed: 0.5 }, /"seed"/],
  ];
  for (const [part, message] of cases) assert.throws(() => specOf(part as Partial<RunSpecInput>), message);
});

Deno.test("an empty range says what there is", async () => {
  const candles = fc.sample(history, { numRuns: 1, seed: 1 })[0]!;
  await assert.rejects(
    run(candles, { from: "2030" }),
    /no 1m candles of test:BTC\/USDT between 2030 .* they reach from 2024-01-01/,
  );
  await assert.rejects(
    runBacktest(specOf({ strategy: "sma-cross" }), smaCross.bind(), [sliceCandles(candles, 0, 0)]),
    /there are none at all/,
  );
});
