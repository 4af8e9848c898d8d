import assert from "node:assert/strict";
import fc from "fast-check";
import { sma } from "../indicators/mod.ts";
import { type CandleColumns, candleColumns, type Instrument, instrument } from "../market/mod.ts";
import { runContributions } from "../metrics/mod.ts";
import { groupHoldings, type Holdings } from "../portfolio/mod.ts";
import { close, crossesAbove, crossesBelow } from "../series/mod.ts";
import { costsOf } from "../simulator/mod.ts";
import { defineStrategy, percent } from "../strategies/mod.ts";
import { randomCandles } from "../testing/random_candles.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { parseRunSpec, type Replay, replay, replayOf, runBacktest, type RunSpecInput } from "./mod.ts";

const MINUTE_MS = 60_000, DAY_MS = 86_400_000;
const START = Date.UTC(2024, 0, 1, 20) as TimestampMs;
const minute = timeframe("1m");
const markets = ["BTC", "ETH"].map((base) =>
  instrument({ exchange: "test", symbol: `${base}/USDT`, kind: "linear", tick: "0.01", lot: "0.001" })
);
const [btc, eth] = markets as [Instrument, Instrument];

const restless = defineStrategy({
  id: "restless",
  params: {},
  rules: () => ({
    enter: crossesAbove(sma(close, 2), sma(close, 4)),
    exit: crossesBelow(sma(close, 2), sma(close, 4)),
    enterShort: crossesBelow(sma(close, 3), sma(close, 6)),
    exitShort: crossesAbove(sma(close, 3), sma(close, 6)),
    stop: percent(2),
    target: percent(3),
  }),
});
const steady = defineStrategy({
  id: "steady",
  params: {},
  rules: () => ({ enter: close.gt(sma(close, 9)), exit: close.lt(sma(close, 9)) }),
});

function specOf(part: Partial<RunSpecInput> = {}) {
  return parseRunSpec({
    strategy: "restless",
    markets: markets.map(({ symbol }) => ({
      exchange: "test",
      symbol,
      kind: "linear" as const,
      tick: "0.01",
      lot: "0.001",
    })),
    timeframe: "1m",
    account: { leverage: 2 },
    sizing: { kind: "equity-fraction", fraction: 0.5 },
    costs: { makerBps: 2, takerBps: 5, slippageBps: 3 },
    ...part,
  });
}

const daysOf = (market: Instrument, closes: number[]) =>
  candleColumns(
    market,
    timeframe("1d"),
    closes.map((price, i) => ({
      openTimeMs: (Date.UTC(2024, 0, 1) + i * DAY_MS) as TimestampMs,
      open: closes[i - 1] ?? price,
      high: Math.max(price, closes[i - 1] ?? price),
      low: Math.min(price, closes[i - 1] ?? price),
      close: price,
      volume: 1,
    })),
  );

Deno.test("a long of BTC and a short of ETH, two units each, at every close: what they are worth and what they have earned", async () => {
  const edges = defineStrategy({
    id: "edges",
    params: {},
    rules: () => ({ enter: close.gt(104), exit: close.gt(115), enterShort: close.lt(96), exitShort: close.lt(85) }),
  });
  const spec = specOf({
    strategy: "edges",
    timeframe: "1d",
    sizing: { kind: "units", units: 2 },
    costs: { takerBps: 10 },
  });
  const { holdings, equity } = await runBacktest(spec, edges.bind(), [
    // Bought at 105 on the third day, sold at 120 on the fifth.
    daysOf(btc, [100, 105, 110, 120, 118]),
    // Sold at 95 on the third day, still open.
    daysOf(eth, [100, 95, 90, 94, 92]),
  ]);
  assert.deepEqual([...holdings.closeTimeMs], [1, 2, 3, 4, 5].map((day) => Date.UTC(2024, 0, 1) + day * DAY_MS));
  const [long, short] = holdings.books;
  assert.deepEqual([long!.strategy, long!.instrument, short!.instrument], ["edges", btc.id, eth.id]);
  assert.deepEqual([...long!.markPrice], [100, 105, 110, 120, 118]);
  assert.deepEqual([...long!.exposureQuote], [0, 0, 220, 240, 0]);
  // 2 × 5 − 0.21, 2 × 15 − 0.21, and after the sale 30 − 0.21 − 0.24.
  // Cash and position are doubles: their sum carries the rounding of the larger one.
  const cents = (column: Float64Array) => Array.from(column, (value) => Math.round(value * 1e9) / 1e9);
  assert.deepEqual(cents(long!.pnlQuote), [0, 0, 9.79, 29.79, 29.55]);
  assert.deepEqual([...short!.exposureQuote], [0, 0, -180, -188, -184]);
  // 2 × 5 − 0.19, 2 × 1 − 0.19, 2 × 3 − 0.19.
  assert.deepEqual(cents(short!.pnlQuote), [0, 0, 9.81, 1.81, 5.81]);
  assert.deepEqual([...equity.grossExposure], [0, 0, 400, 428, 184]);
  assert.deepEqual([...equity.netExposure], [0, 0, 40, 52, -184]);
});

/** At every close that is kept, the books add up to the account; and those closes are the ones that days need. */
function assertAddsUp(holdings: Holdings, { equity, trader }: Pick<Replay, "equity" | "trader">): void {
  const cash = 10_000, n = equity.closeTimeMs.length;
  const rowAt = new Map(Array.from(equity.closeTimeMs, (time, row) => [time, row]));
  const byMarket = groupHoldings(holdings, "instrument");
  holdings.closeTimeMs.forEach((time, i) => {
    const row = rowAt.get(time)!;
    const pnl = holdings.books.reduce((sum, { pnlQuote }) => sum + pnlQuote[i]!, 0);
    assert.ok(Math.abs(pnl - (equity.equity[row]! - cash)) < 1e-7, `${pnl} of ${equity.equity[row]! - cash}`);
    const net = byMarket.reduce((sum, { exposureQuote }) => sum + exposureQuote[i]!, 0);
    const gross = byMarket.reduce((sum, { exposureQuote }) => sum + Math.abs(exposureQuote[i]!), 0);
    assert.ok(Math.abs(net - equity.netExposure[row]!) < 1e-7, `net ${net} of ${equity.netExposure[row]}`);
    assert.ok(Math.abs(gross - equity.grossExposure[row]!) < 1e-7, `gross ${gross} of ${equity.grossExposure[row]}`);
  });
  const kept = new Set(holdings.closeTimeMs), dayOf = (row: number) => Math.ceil(equity.closeTimeMs[row]! / DAY_MS);
  for (let row = 0; row < n; row++) {
    if (row === 0 || row === n - 1 || dayOf(row) !== dayOf(row + 1)) assert.ok(kept.has(equity.closeTimeMs[row]!));
  }
  assert.equal(kept.size, holdings.closeTimeMs.length, "no close is kept twice");
  assert.equal(holdings.books.length, trader.config.books.length);
}

const histories = fc.tuple(...markets.map((market) => randomCandles(market, minute, START, 400)));

Deno.test("the books add up to equity and exposure at every kept close, whatever the fill rules, over 600 histories", () => {
  const rules = fc.constantFrom("default", "this-close", "backtesting-py", "vectorbt");
  let traded = 0;
  fc.assert(
    fc.property(histories, rules, fc.integer({ min: 0, max: 60 }), (columns, fillRules, late) => {
      const spec = specOf({ fillRules });
      const from = START + late * MINUTE_MS as TimestampMs;
      const result = replayOf(spec, restless.bind(), columns, from);
      assertAddsUp(result.holdings, result);
      if (result.closed.length > 0) traded++;
    }),
    { numRuns: 600 },
  );
  assert.ok(traded > 300, `only ${traded} of 600 runs traded`);
});

Deno.test("books of inverse contracts and of contracts of ten add up in the asset that they settle in, over 200 histories", () => {
  const kinds = fc.constantFrom(
    { kind: "inverse", contractSize: "100", lot: "1" } as const,
    { kind: "linear", contractSize: "10", lot: "0.1" } as const,
  );
  fc.assert(
    fc.property(randomCandles(btc, minute, START, 300), kinds, (candles, kind) => {
      const spec = specOf({ markets: [{ exchange: "test", symbol: "BTC/USDT", tick: "0.01", ...kind }] });
      const result = replayOf(spec, restless.bind(), [candles], START);
      assertAddsUp(result.holdings, result);
    }),
    { numRuns: 200 },
  );
});

Deno.test("two strategies on one market each have their own part of its profit, over 200 histories", () => {
  const quick = defineStrategy({
    id: "quick",
    params: {},
    rules: () => ({ enter: close.gt(sma(close, 3)), exit: close.lt(sma(close, 3)) }),
  });
  const spec = specOf();
  fc.assert(
    fc.property(histories, (columns) => {
      const { config } = replayOf(spec, steady.bind(), columns, START).trader;
      const books = [quick, steady].flatMap((strategy) =>
        markets.map((_, instrument) => ({ strategy: strategy.bind(), instrument }))
      );
      const { instruments, cash, leverage } = config;
      const exchange = { instruments, cash, leverage, rules: spec.fillRules, costs: costsOf(spec.costs), seed: 1 };
      const result = replay({ ...config, books }, exchange, columns);
      assertAddsUp(result.holdings, result);
      assert.deepEqual(result.holdings.books.map(({ strategy }) => strategy), ["quick", "quick", "steady", "steady"]);
    }),
    { numRuns: 200 },
  );
});

Deno.test("contributions of a run add up to its return, and are its closed and open trades, over 200 histories", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (columns) => {
      const run = await runBacktest(specOf(), restless.bind(), columns);
      const { byMarket, byStrategy, unassignedPnlQuote } = runContributions(run)!;
      const total = byMarket.reduce((sum, { returnFraction }) => sum + returnFraction, 0);
      assert.ok(Math.abs(total - (run.equity.equity.at(-1)! / 10_000 - 1)) < 1e-11);
      for (const { label, pnlQuote, closedPnlQuote, openPnlQuote } of [...byMarket, ...byStrategy]) {
        assert.ok(Math.abs(pnlQuote - closedPnlQuote - openPnlQuote) < 1e-7, `${label}: ${pnlQuote}`);
      }
      assert.equal(unassignedPnlQuote, 0);
      assert.equal(byMarket.reduce((sum, { tradeCount }) => sum + tradeCount, 0), run.trades.length);
    }),
    { numRuns: 200 },
  );
});

Deno.test("a month of minutes keeps about a thousand closes, forty markets fewer, a decade of days every day", async () => {
  const flat = (market: Instrument, count: number, length: "1m" | "1h" | "1d", stepMs: number): CandleColumns => {
    const openTimeMs = Float64Array.from({ length: count }, (_, i) => Date.UTC(2014, 0, 1) + i * stepMs);
    const column = new Float64Array(count).fill(100);
    const prices = { open: column, high: column, low: column, close: column, volume: column };
    return { instrument: market, timeframe: timeframe(length), length: count, openTimeMs, ...prices };
  };
  const kept = async (length: "1m" | "1h" | "1d", count: number, stepMs: number, symbols: readonly string[]) => {
    const markets = symbols.map((symbol) => ({ exchange: "test", symbol }));
    const columns = markets.map((market) => flat(instrument(market), count, length, stepMs));
    const spec = specOf({ strategy: "steady", markets, timeframe: length, account: {} });
    const run = await runBacktest(spec, steady.bind(), columns);
    return run.holdings.closeTimeMs.length;
  };
  const forty = Array.from({ length: 40 }, (_, i) => `COIN${i + 10}/USDT`);
  // Every hour, and the first minute.
  assert.equal(await kept("1m", 31 * 1440, MINUTE_MS, ["BTC/USDT"]), 31 * 24 + 1);
  // Every second hour, and the first.
  assert.equal(await kept("1h", 31 * 24, 60 * MINUTE_MS, forty), 31 * 12 + 1);
  assert.equal(await kept("1d", 3650, DAY_MS, ["BTC/USDT"]), 3650);
});
