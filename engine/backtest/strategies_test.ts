import assert from "node:assert/strict";
import fc from "fast-check";
import { sma } from "../indicators/mod.ts";
import { type CandleColumns, candleColumns, instrument, resample, sliceCandles, VALUE_COLUMNS } from "../market/mod.ts";
import { close, crossesAbove, crossesBelow, of, on, type Series } from "../series/mod.ts";
import { BaseStrategy, buyAndHold, type DecisionContext, defineStrategy, integer } from "../strategies/mod.ts";
import { barClose, barOpen, timeframe, type TimestampMs } from "../time/mod.ts";
import { restoreTrader, saveTrader, type Trader } from "../trader/mod.ts";
import { randomCandles } from "../testing/random_candles.ts";
import {
  bindStrategies,
  explainRun,
  parseRunSpec,
  replayOf,
  runBacktest,
  type RunSpecInput,
  type StrategyLookup,
} from "./mod.ts";

const minute = timeframe("1m"), START = Date.UTC(2024, 0, 1);
const markets = ["BTC/USDT", "ETH/USDT", "SOL/USDT"].map((symbol) => instrument({ exchange: "test", symbol }));
const [btc, eth, sol] = markets as [typeof markets[0], typeof markets[0], typeof markets[0]];
const contract = ({ symbol }: { symbol: string }) => ({
  exchange: "test",
  symbol,
  kind: "linear" as const,
  lot: "0.001",
});

const trend = defineStrategy({
  id: "trend",
  params: { length: integer({ default: 2, min: 1, max: 50 }) },
  rules: ({ length }) => ({
    enter: crossesAbove(close, sma(close, length)),
    exit: crossesBelow(close, sma(close, length)),
  }),
});
const reversion = defineStrategy({
  id: "reversion",
  params: {},
  rules: () => ({
    enter: crossesBelow(close, sma(close, 3)),
    exit: crossesAbove(close, sma(close, 3)),
    enterShort: crossesAbove(close, sma(close, 4)),
    exitShort: crossesBelow(close, sma(close, 4)),
  }),
});
/** Buys on every candle, whatever it holds. */
class Greedy extends BaseStrategy {
  readonly series = [];
  decide(context: DecisionContext): void {
    context.buy({ sizing: { kind: "fixed-notional", notionalQuote: 1_000 } });
  }
}
const greedy = defineStrategy({ id: "greedy", params: {}, create: () => new Greedy() });
const known = [trend, reversion, greedy, buyAndHold];
const find: StrategyLookup = (id) => known.find((strategy) => strategy.id === id)! as ReturnType<StrategyLookup>;

const free = { makerBps: 0, takerBps: 0 };
const specOf = (part: Partial<RunSpecInput>) =>
  parseRunSpec({ markets: [contract(btc)], timeframe: "1m", costs: free, ...part });
const flat = (own: typeof btc, prices: readonly number[], everyMs = 60_000) =>
  candleColumns(
    own,
    everyMs === 60_000 ? minute : timeframe("1h"),
    prices.map((price, i) => ({
      openTimeMs: START + i * everyMs as TimestampMs,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: 1,
    })),
  );

Deno.test("each strategy sizes from its share of the equity, and trades and notes say whose they are", async () => {
  const spec = specOf({
    strategies: [
      { id: "large", strategy: "buy-and-hold", budgetFraction: 0.6 },
      {
        id: "small",
        strategy: "buy-and-hold",
        budgetFraction: 0.3,
        sizing: { kind: "equity-fraction", fraction: 0.5 },
      },
    ],
  });
  const { notes, manifest } = await runBacktest(spec, bindStrategies(spec, find), [flat(btc, [100, 100, 100, 110])]);
  // 10,000 × 0.6 ÷ 100 = 60; 10,000 × 0.3 × 0.5 ÷ 100 = 15. Ten up: 600 and 150.
  assert.deepEqual(
    notes.openTrades.map(({ strategy, quantity, pnl }) => [strategy, quantity, pnl]),
    [["large", 60, 600], ["small", 15, 150]],
  );
  assert.deepEqual(notes.strategies, [
    { id: "large", strategy: "buy-and-hold", trades: 0, profitQuote: 0, openProfitQuote: 600, feesQuote: 0 },
    { id: "small", strategy: "buy-and-hold", trades: 0, profitQuote: 0, openProfitQuote: 150, feesQuote: 0 },
  ]);
  assert.equal(manifest.strategy, undefined);
  assert.deepEqual(manifest.strategies!.map(({ id }) => id), ["large", "small"]);
});

Deno.test("an entry beyond the budget is refused, what is on its way counted, and the other strategy has its own", () => {
  const spec = specOf({
    strategies: [
      { strategy: "greedy", budgetFraction: 0.25, markets: ["BTC/USDT"] },
      { id: "more", strategy: "greedy", budgetFraction: 0.5 },
    ],
    markets: [contract(btc), contract(eth)],
  });
  const candles = [flat(btc, Array(9).fill(100)), flat(eth, Array(9).fill(100))];
  const { trader: { state } } = replayOf(spec, bindStrategies(spec, find), candles, START as TimestampMs);
  // 2,500 is two entries of 1,000; 5,000 is five, over both markets: three of BTC, which is first, and two of ETH.
  assert.deepEqual(state.books.map(({ positionNumber }) => positionNumber), [20, 30, 20]);
  assert.deepEqual([state.funnel.orders, state.funnel["refused:over-budget"]], [7, 9 * 3 - 7]);
});

Deno.test("a contract binds its margin: with leverage 5 a budget of a fifth holds the whole equity's worth", () => {
  const spec = specOf({
    strategies: [{ strategy: "greedy", budgetFraction: 0.2 }],
    account: { leverage: 5 },
  });
  const { trader: { state } } = replayOf(
    spec,
    bindStrategies(spec, find),
    [flat(btc, Array(15).fill(100))],
    START as TimestampMs,
  );
  assert.equal(state.books[0]!.positionNumber, 100);
  assert.equal(state.funnel["refused:over-budget"], 5);
});

Deno.test("a spec of several strategies that cannot be used says what is wrong with it (9 cases)", () => {
  const cases: [unknown, RegExp][] = [
    [
      { strategies: [{ strategy: "trend", budgetFraction: 0.7 }, { id: "b", strategy: "trend", budgetFraction: 0.4 }] },
      /add up to 1.1 of the equity: lower them .* or state "overlappingBudgets": true/,
    ],
    [{ strategies: [{ strategy: "trend" }, { strategy: "trend" }] }, /two strategies of the run spec are called trend/],
    [{ strategies: [{ strategy: "trend", timeframe: "90s" }] }, /"90s" is not a timeframe/],
    [
      { strategies: [{ strategy: "trend", timeframe: "1m" }], timeframe: "5m" },
      /cannot decide on 1m where the run has 5m candles/,
    ],
    [
      { strategies: [{ strategy: "trend", markets: ["ADA/USDT"] }] },
      /names the market ADA\/USDT, which the run spec has not: use one of test:BTC\/USDT/,
    ],
    [{ strategies: [{ id: "Trend", strategy: "trend" }] }, /use lower case and dashes/],
    [
      { strategies: [{ strategy: "trend" }], strategy: "trend" },
      /a "strategy" with its "params", or "strategies": one of the two/,
    ],
    [{ strategies: [] }, /"strategies"/],
    [{}, /a "strategy" with its "params", or "strategies": one of the two/],
  ];
  for (const [part, message] of cases) assert.throws(() => specOf(part as Partial<RunSpecInput>), message);
  assert.ok(specOf({
    strategies: [{ strategy: "trend", budgetFraction: 0.7 }, { id: "b", strategy: "trend", budgetFraction: 0.4 }],
    overlappingBudgets: true,
  }));
  const spec = specOf({ strategies: [{ strategy: "trend" }, { strategy: "reversion" }] });
  assert.throws(
    () => replayOf(spec, [trend.bind()], [], START as TimestampMs),
    /has the strategies reversion, trend, and not trend/,
  );
});

/** Small histories of three markets, with gaps. */
const small = fc.tuple(...markets.map((own) => randomCandles(own, minute, START, 7))) as fc.Arbitrary<CandleColumns[]>;
const shares = { strategy: "trend", budgetFraction: 0.5, timeframe: "5m" as string };
const several: RunSpecInput["strategies"] = [
  shares,
  { strategy: "reversion", budgetFraction: 0.4, markets: ["SOL/USDT", "BTC/USDT"] },
  { id: "also", strategy: "trend", params: { length: 3 }, sizing: { kind: "fixed-notional", notionalQuote: 500 } },
];

Deno.test("the order of markets, strategies and candles in the input decides nothing, to the byte and the hash, over 1,000 accounts", async () => {
  const orders = fc.tuple(
    fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
    fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
    fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
  );
  const plain = specOf({ markets: markets.map(contract), strategies: several, account: { leverage: 2 } });
  const bound = bindStrategies(plain, find);
  let trades = 0;
  await fc.assert(
    fc.asyncProperty(small, orders, async (candles, [byMarket, byStrategy, byCandle]) => {
      const first = await runBacktest(plain, bound, candles);
      const shuffled = specOf({
        markets: byMarket.map((i) => contract(markets[i]!)),
        strategies: byStrategy.map((i) => several![i]!),
        account: { leverage: 2 },
      });
      const again = await runBacktest(shuffled, bindStrategies(shuffled, find), byCandle.map((i) => candles[i]!));
      assert.equal(JSON.stringify(again), JSON.stringify(first));
      trades += first.trades.length;
    }),
    { numRuns: 1_000 },
  );
  assert.ok(trades > 30, `${trades} trades`);
});

/** Writes down all that it is shown. */
class Witness extends BaseStrategy {
  readonly seen: (readonly number[])[] = [];
  constructor(readonly series: readonly Series[]) {
    super();
  }
  decide({ index, openTimeMs, closeTimeMs, open, high, low, close, volume, values }: DecisionContext): void {
    this.seen.push([closeTimeMs, openTimeMs, index, open, high, low, close, volume, ...values]);
  }
}

/** What a witness sees in a run. */
function sights(series: readonly Series[], candles: readonly CandleColumns[], every?: string) {
  const witnesses: Witness[] = [];
  const strategy = defineStrategy({
    id: "witness",
    params: {},
    create: () => {
      witnesses.push(new Witness(series));
      return witnesses.at(-1)!;
    },
  });
  const spec = specOf({
    markets: [contract(btc)],
    timeframe: candles[0]!.timeframe,
    strategies: [{ strategy: "witness", ...(every === undefined ? {} : { timeframe: every }) }],
  });
  replayOf(spec, bindStrategies(spec, () => strategy), candles, -Infinity as TimestampMs);
  return witnesses.at(-1)!.seen;
}

/** Place of what is read of the other symbol in what a witness saw. */
const OTHER = 8;
const read = [sma(close, 3), crossesAbove(close, sma(close, 2)), of("ETH/USDT", sma(close, 2)), on("30m", close)];
const both = fc.tuple(randomCandles(btc, minute, START, 80), randomCandles(eth, minute, START, 80));
/** Coarse candles that have begun and ended within the fine ones. */
function ended(fine: CandleColumns, every: ReturnType<typeof timeframe>, until: number): CandleColumns {
  const coarse = resample(fine, every);
  const first = fine.openTimeMs[0] as TimestampMs, skip = barOpen(every, first) === first ? 0 : 1;
  let to = coarse.length;
  while (to > 0 && barClose(every, coarse.openTimeMs[to - 1] as TimestampMs) > until) to--;
  return sliceCandles(coarse, skip, Math.max(skip, to));
}

Deno.test("a coarser strategy sees, bit for bit, what it sees in a run of its own timeframe's candles, over 10,000 pairs of histories", () => {
  let seen = 0, late = 0;
  fc.assert(
    fc.property(both, fc.constantFrom("2m", "5m", "10m"), (candles, text) => {
      const every = timeframe(text);
      const until = Math.max(...candles.map((own) => own.openTimeMs[own.length - 1]! + 60_000));
      const coarse = candles.map((own) => ended(own, every, until));
      const there = sights(read, candles, text);
      if (coarse[0]!.length === 0) return assert.deepEqual(there, []);
      const expected = sights(read, coarse);
      const byOpen = new Map(expected.map((row) => [row[1]!, row]));
      for (const [closeMs, openMs, ...rest] of there) {
        const [endMs, , ...wanted] = byOpen.get(openMs!)!;
        if (closeMs! > endMs!) {
          // Seen late, because candles are missing at its end: other symbols have gone on since.
          rest[OTHER] = wanted[OTHER] = 0;
          late++;
        }
        assert.deepEqual(rest, wanted);
      }
      // Two that end at once are decided on once.
      if (there.length < expected.length) assert.ok(there.some(([closeMs], i) => closeMs !== expected[i]![0]));
      seen += there.length;
    }),
    { numRuns: 10_000 },
  );
  assert.ok(seen > 50_000 && late > 1_000 && late < seen / 5, `${seen} seen, ${late} late`);
});

Deno.test("with complete candles a coarser strategy trades as in a run of its own timeframe's candles", async () => {
  const fine = fc.sample(randomCandles(btc, minute, START, 8_000), { numRuns: 30, seed: 4 }).find((own) =>
    own.length > 6_000
  )!;
  const whole = candleColumns(
    btc,
    minute,
    Array.from({ length: 6_000 }, (_, i) => ({
      openTimeMs: START + i * 60_000 as TimestampMs,
      ...Object.fromEntries(VALUE_COLUMNS.map((name) => [name, fine[name][i]!])) as Record<
        typeof VALUE_COLUMNS[number],
        number
      >,
    })),
  );
  const part = { strategies: [{ strategy: "trend", params: { length: 4 } }] };
  const spec = specOf({ strategies: [{ ...part.strategies[0]!, timeframe: "15m" }] });
  const coarse = specOf({ ...part, timeframe: "15m" });
  const a = await runBacktest(spec, bindStrategies(spec, find), [whole]);
  const b = await runBacktest(coarse, bindStrategies(coarse, find), [resample(whole, timeframe("15m"))]);
  const figures = (run: typeof a) =>
    run.trades.map((
      { entryTimeMs, entryPrice, exitTimeMs, exitPrice, quantity, pnl },
    ) => [entryTimeMs, entryPrice, exitTimeMs, exitPrice, quantity, pnl]);
  assert.ok(a.trades.length > 30);
  assert.deepEqual(figures(a), figures(b));
});

/** Two strategies on two of the markets. */
const lean = specOf({
  markets: [contract(btc), contract(eth)],
  strategies: [shares, { strategy: "reversion", budgetFraction: 0.4, markets: ["ETH/USDT"] }],
  account: { leverage: 2 },
});
const leanBound = bindStrategies(lean, find);

Deno.test("an account written down and read back after any candle goes on to the same bytes, over 1,000 accounts", () => {
  fc.assert(
    fc.property(small, fc.nat(), (candles, at) => {
      const groups = new Set(candles.flatMap(({ openTimeMs }) => [...openTimeMs])).size;
      const whole = replayOf(lean, leanBound, candles, START as TimestampMs);
      let done = 0;
      const split = replayOf(lean, leanBound, candles, START as TimestampMs, undefined, {
        decided(trader) {
          if (done++ === at % groups) {
            const copy = restoreTrader(trader.config, saveTrader(trader));
            Object.assign(trader, { state: copy.state, books: copy.books });
          }
          return true;
        },
      });
      assert.equal(saveTrader(split.trader), saveTrader(whole.trader));
      assert.deepEqual(split.closed, whole.closed);
      assert.deepEqual(split.equity, whole.equity);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("poison in all candles after a moment changes nothing before it, over 1,000 accounts", () => {
  fc.assert(
    fc.property(small, fc.nat(), (candles, at) => {
      const [first, second] = candles;
      const times = [...new Set([first!, second!].flatMap(({ openTimeMs }) => [...openTimeMs]))].sort((a, b) => a - b);
      const last = times[at % times.length]!;
      const until = (_: Trader, group: { closeTimeMs: number }) => group.closeTimeMs <= last;
      const poisoned = candles.map((own) => ({
        ...own,
        ...Object.fromEntries(
          VALUE_COLUMNS.map((name) => [name, own[name].map((value, i) => own.openTimeMs[i]! > last ? NaN : value)]),
        ),
      }));
      const clean = replayOf(lean, leanBound, candles, START as TimestampMs, undefined, { decided: until });
      const poison = replayOf(lean, leanBound, poisoned, START as TimestampMs, undefined, { decided: until });
      assert.equal(saveTrader(poison.trader), saveTrader(clean.trader));
      const whole = replayOf(lean, leanBound, candles, START as TimestampMs);
      assert.deepEqual(whole.closed.slice(0, poison.closed.length), poison.closed);
      const rows = poison.equity.equity.length;
      assert.deepEqual(whole.equity.equity.subarray(0, rows), poison.equity.equity);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("a moment of several strategies and timeframes is explained book by book", () => {
  const spec = specOf({
    markets: [contract(btc), contract(eth)],
    strategies: [shares, { strategy: "reversion", markets: ["ETH/USDT"] }],
  });
  const prices = [100, 101, 102, 103, 104, 103, 102, 101, 100, 99, 90, 91];
  const candles = [flat(btc, prices), flat(eth, prices)];
  const at = (minutes: number) =>
    explainRun(spec, bindStrategies(spec, find), candles, START + minutes * 60_000 as TimestampMs);
  const seen = at(10).books;
  assert.deepEqual(
    seen.map((
      { strategy, instrument, timeframe, candle },
    ) => [strategy, instrument, timeframe, candle?.open, candle?.volume]),
    [
      ["reversion", eth.id, "1m", 99, 1],
      ["trend", btc.id, "5m", 103, 5],
      ["trend", eth.id, "5m", 103, 5],
    ],
  );
  assert.deepEqual(seen[1]!.values[0], { label: "close", value: 99 });
  assert.deepEqual(at(11).books.map(({ candle }) => candle?.close ?? null), [90, null, null]);
});

Deno.test("a symbol that is read means the market of the book's own exchange, and is looked for elsewhere only without one", () => {
  const here = instrument({ exchange: "here", symbol: "BTC/USDT" }),
    there = instrument({ exchange: "there", symbol: "BTC/USDT" });
  const eth = instrument({ exchange: "there", symbol: "ETH/USDT" });
  const witnesses: Witness[] = [];
  const strategy = defineStrategy({
    id: "witness",
    params: {},
    create: () => {
      witnesses.push(new Witness([close, of("BTC/USDT", close), of("ETH/USDT", close)]));
      return witnesses.at(-1)!;
    },
  });
  const spec = specOf({
    markets: [{ exchange: "there", symbol: "BTC/USDT" }, { exchange: "here", symbol: "BTC/USDT" }],
    strategy: "witness",
  });
  replayOf(
    spec,
    strategy.bind(),
    [flat(there, [7]), flat(eth, [3]), flat(here, [5]), flat(sol, [1])],
    START as TimestampMs,
  );
  assert.deepEqual(witnesses.slice(-2).map(({ seen }) => seen[0]!.slice(8)), [[5, 5, 3], [7, 7, 3]]);
});

Deno.test("a share that the cash does not reach, because another strategy's position has grown, is cut to the cash", () => {
  const late = defineStrategy({ id: "late", params: {}, rules: () => ({ enter: close.gt(150) }) });
  const spec = specOf({
    markets: [{ exchange: "test", symbol: "BTC/USDT" }],
    strategies: [{ strategy: "buy-and-hold", budgetFraction: 0.5 }, { strategy: "late", budgetFraction: 0.5 }],
  });
  const bound = bindStrategies(spec, (id) => id === "late" ? late as ReturnType<StrategyLookup> : find(id));
  const { trader: { state } } = replayOf(spec, bound, [flat(btc, [100, 100, 200, 200])], START as TimestampMs);
  // 50 bought at 100; at 200 the equity is 15,000, half of it 7,500, and 5,000 of cash are left: 25.
  assert.deepEqual(state.books.map(({ positionNumber }) => positionNumber), [50, 25]);
});

Deno.test("two strategies that are long and short of one market each leave their own position, though the account has none", () => {
  /** Enters on its first candle and leaves on its fourth. */
  class Turn extends BaseStrategy {
    readonly series = [];
    constructor(readonly side: "buy" | "sell") {
      super();
    }
    decide(context: DecisionContext): void {
      if (context.index === 0) context[this.side]({ sizing: { kind: "units", units: 3 } });
      if (context.index === (this.side === "buy" ? 3 : 4)) context.exit();
    }
  }
  const long = defineStrategy({ id: "long", params: {}, create: () => new Turn("buy") });
  const short = defineStrategy({ id: "short", params: {}, create: () => new Turn("sell") });
  const spec = specOf({ strategies: [{ strategy: "long" }, { strategy: "short" }] });
  const bound = bindStrategies(spec, (id) => (id === "long" ? long : short) as ReturnType<StrategyLookup>);
  const { trader: { state }, simulator, closed } = replayOf(
    spec,
    bound,
    [flat(btc, [100, 100, 110, 120, 130, 140, 150])],
    START as TimestampMs,
  );
  assert.deepEqual(state.books.map(({ position }) => position), [0n, 0n]);
  assert.equal(simulator.account.position(0), 0n);
  // In at 100; the long one out at 130, the short one at 140.
  assert.deepEqual(closed.map(({ book, lot }) => [book, Number(lot.exitPrice) / 1e12]), [[0, 130], [1, 140]]);
  assert.equal(state.account.cash, simulator.account.cash);
  assert.equal(state.account.cashNumber, 10_000 + 3 * 30 - 3 * 40);
});
