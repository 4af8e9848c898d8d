import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type CandleColumns,
  candleColumns,
  type Instrument,
  instrument,
  resample,
  VALUE_COLUMNS,
} from "../market/mod.ts";
import { priceToNumber, quantityToNumber } from "../money/mod.ts";
import { rebalance, type Strategy } from "../strategies/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import { readCandles } from "../testing/read_candles.ts";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";
import { restarts } from "../testing/restarts.ts";
import { randomCandles } from "../testing/random_candles.ts";
import { formatTimestamp, timeframe, type TimestampMs } from "../time/mod.ts";
import {
  candleGroup,
  type Command,
  createTrader,
  DEFAULT_TIMING,
  saveTrader,
  step,
  type Trader,
} from "../trader/mod.ts";
import {
  bindStrategies,
  candleRange,
  explainRun,
  parseRunSpec,
  type ReplayObserver,
  replayOf,
  runBacktest,
  type RunSpec,
  type RunSpecInput,
  traderConfigOf,
} from "./mod.ts";

const DAY_MS = 86_400_000, START_MS = Date.UTC(2024, 0, 1) as TimestampMs, day = timeframe("1d");
const markets = ["A", "B", "C", "D"].map((base) => instrument({ exchange: "test", symbol: `${base}/USDT` }));
const find = () => rebalance as unknown as Strategy;
const plain = { minTradeQuote: 0.01, riskAversion: 0 };

function specOf(params: Record<string, number | string>, part: Partial<RunSpecInput> = {}): RunSpec {
  return parseRunSpec({
    strategy: "rebalance",
    params: { ...plain, ...params },
    markets: markets.map(({ exchange, symbol }) => ({ exchange, symbol })),
    timeframe: "1d",
    costs: { makerBps: 0, takerBps: 0 },
    ...part,
  });
}

/** Candles that open at the price before theirs; null where one is missing. */
function history(market: Instrument, closes: readonly (number | null)[], startMs: number = START_MS): CandleColumns {
  let last = closes.find((close) => close !== null)!;
  return candleColumns(
    market,
    day,
    closes.flatMap((close, i) => {
      if (close === null) return [];
      const open = last;
      last = close;
      const openTimeMs = startMs + i * DAY_MS as TimestampMs;
      return [{ openTimeMs, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 1_000 }];
    }),
  );
}

interface Seen {
  /** Moments at which orders were asked for, as `2024-01-01T00:00`, with what they are: `+A` bought, `-B` sold. */
  readonly orders: string[];
  readonly trader: Trader;
  readonly fills: {
    readonly timeMs: number;
    readonly market: string;
    readonly units: number;
    readonly price: number;
  }[];
  readonly cutEntries: number;
}

function run(spec: RunSpec, candles: readonly CandleColumns[], observer: ReplayObserver = {}): Seen {
  const orders: string[] = [];
  const { trader, fills, simulator } = replayOf(
    spec,
    bindStrategies(spec, find),
    candles,
    (spec.from === null ? START_MS : Date.parse(`${spec.from}T00:00Z`)) as TimestampMs,
    undefined,
    {
      ...observer,
      command(command: Command) {
        observer.command?.(command);
        if (command.kind !== "record") return;
        const { side, instrument, decidedAtMs } = command.order;
        orders.push(`${formatTimestamp(decidedAtMs).slice(0, 16)} ${side === "buy" ? "+" : "-"}${baseOf(instrument)}`);
      },
    },
  );
  return {
    orders,
    trader,
    cutEntries: simulator.cutEntries,
    fills: fills.map(({ fill }) => ({
      timeMs: fill.timeMs,
      market: baseOf(fill.instrument),
      units: quantityToNumber(fill.quantity) * (fill.side === "buy" ? 1 : -1),
      price: priceToNumber(fill.price),
    })),
  };
}

const baseOf = (instrument: string) => /:(\w+)\//.exec(instrument)![1]!;
const timesOf = ({ orders }: Seen) => [...new Set(orders.map((order) => order.slice(0, 16)))];
const positions = ({ trader }: Seen) => trader.state.books.map(({ positionNumber }) => positionNumber);
const flat = (length: number, price = 10) => Array<number>(length).fill(price);

Deno.test("what has risen is sold before what has fallen is bought, and pays for it at the same open", () => {
  // A falls to a half and comes first by its name; B rises by the half. On 1 February both are brought back to a half.
  const candles = [
    history(markets[0]!, [...flat(20), ...flat(20, 5)]),
    history(markets[1]!, [...flat(20), ...flat(20, 15)]),
  ];
  const seen = run(
    specOf({}, { markets: [{ exchange: "test", symbol: "A/USDT" }, { exchange: "test", symbol: "B/USDT" }] }),
    candles,
  );
  assert.deepEqual(seen.orders, [
    "2024-01-02T00:00 +A",
    "2024-01-02T00:00 +B",
    "2024-02-01T00:00 -B",
    "2024-02-01T00:00 +A",
  ]);
  assert.deepEqual(seen.fills.slice(2).map(({ market, units }) => [market, Math.round(units)]), [["B", -167], [
    "A",
    500,
  ]]);
  assert.equal(seen.cutEntries, 0);
  assert.ok(Math.abs(seen.trader.state.account.cashNumber) < 1e-5);
});

Deno.test("the calendar counts days and weeks from a Monday, months from January, and waits for its time of the day", () => {
  // A doubles each day against B, so that every rebalance trades.
  const long = (price: number, factor: number) => Array.from({ length: 100 }, (_, i) => price * factor ** i);
  const candles = [history(markets[0]!, long(1, 1.05)), history(markets[1]!, long(10, 1))];
  const pair = { markets: markets.slice(0, 2).map(({ exchange, symbol }) => ({ exchange, symbol })) };
  const times = (params: Record<string, number | string>) =>
    timesOf(run(specOf(params, pair), candles)).map((time) => time.slice(5));
  // 1 January 2024 is a Monday. The first close with weights is the first of all.
  assert.deepEqual(times({ every: 2, unit: "week" }).slice(0, 4), [
    "01-02T00:00",
    "01-08T00:00",
    "01-22T00:00",
    "02-05T00:00",
  ]);
  assert.deepEqual(times({ every: 1, unit: "week" }).slice(0, 3), ["01-02T00:00", "01-08T00:00", "01-15T00:00"]);
  assert.deepEqual(times({ every: 30, unit: "day" }).slice(1), ["01-18T00:00", "02-17T00:00", "03-18T00:00"]);
  assert.deepEqual(times({ every: 3, unit: "month" }), ["01-02T00:00", "04-01T00:00"]);
  // Daily candles close at midnight: one minute later it is the next close.
  assert.deepEqual(times({ every: 1, unit: "month", atMinute: 1 }), [
    "01-02T00:00",
    "02-02T00:00",
    "03-02T00:00",
    "04-02T00:00",
  ]);
});

Deno.test("a band acts at the first close at which a share is off by more, of the equity or of itself", () => {
  const pair = { markets: markets.slice(0, 2).map(({ exchange, symbol }) => ({ exchange, symbol })) };
  // 5,000 in each; A at 12: 6,000 of 11,000 is 4.5 points too many, at 13 6.5 points.
  const candles = [history(markets[0]!, [...flat(5), 12, 13, 13, 13]), history(markets[1]!, flat(9))];
  const times = (params: Record<string, number | string>) =>
    timesOf(run(specOf({ unit: "never", ...params }, pair), candles));
  assert.deepEqual(times({ band: 0.05 }), ["2024-01-02T00:00", "2024-01-08T00:00"]);
  assert.deepEqual(times({ band: 0.04 }), ["2024-01-02T00:00", "2024-01-07T00:00"]);
  assert.deepEqual(times({ band: 0.07 }), ["2024-01-02T00:00"]);
  // The same as shares of a half: 9 % and 13 %.
  assert.deepEqual(times({ band: 0.1, bandKind: "relative" }), ["2024-01-02T00:00", "2024-01-08T00:00"]);
  assert.deepEqual(times({ band: 0.08, bandKind: "relative" }), ["2024-01-02T00:00", "2024-01-07T00:00"]);
});

Deno.test("cash that is to stay stays, and so does the reserve for fees", () => {
  const candles = markets.map((market) => history(market, flat(5)));
  const seen = run(specOf({ cashFraction: 0.2 }, { costs: { takerBps: 10, reserveBps: 10 } }), candles);
  const { cashNumber } = seen.trader.state.account;
  // 8,000 for purchases of 7,992 and their fees, which are taken from what is bought.
  assert.ok(Math.abs(cashNumber - (2_000 + 8_000 - 8_000 / 1.001)) < 1e-5, `${cashNumber}`);
});

Deno.test("trades that cost more than they bring, or are too small, are left undone and counted", () => {
  const wave = (i: number, size: number) => 10 * (1 + size * Math.sin(i));
  const candles = [0.001, 0.3].map((size, i) =>
    history(markets[i]!, Array.from({ length: 64 }, (_, at) => wave(at, size)))
  );
  const pair = { markets: markets.slice(0, 2).map(({ exchange, symbol }) => ({ exchange, symbol })) };
  const costs = { takerBps: 50 };
  const funnel = (params: Record<string, number | string>) =>
    run(specOf({ unit: "day", lookback: 10, ...params }, { ...pair, costs }), candles).trader.state.funnel;
  const cheap = funnel({}), dear = funnel({ riskAversion: 3 }), small = funnel({ minTradeQuote: 300 });
  assert.equal(cheap["kept:not-worth-it"], undefined);
  // The calm market is not worth a trade once it is held, however far the wild one takes it from its share.
  assert.ok(dear["kept:not-worth-it"]! > 40, JSON.stringify(dear));
  assert.ok(dear["orders"]! < cheap["orders"]! * 0.8, `${dear["orders"]} of ${cheap["orders"]}`);
  assert.ok(small["kept:too-small"]! > 10 && small["orders"]! < cheap["orders"]!, JSON.stringify(small));
});

Deno.test("an order for less than the venue takes is never made, and the way out is tried whatever its size", () => {
  const candles = markets.map((market, i) => history(market, [...flat(33), ...flat(33, i === 0 ? 10.2 : 10)]));
  const listed = markets.map(({ exchange, symbol }) => ({ exchange, symbol, minNotional: "100", lot: "1" }));
  const { funnel } = run(specOf({}, { markets: listed }), candles).trader.state;
  assert.equal(funnel["refused:below-min-notional"], undefined);
  assert.ok(funnel["kept:too-small"]! > 0);
});

Deno.test("a market has no share before its listing, after its end, and outside the universe", () => {
  const at = (days: number) => formatTimestamp(START_MS + days * DAY_MS as TimestampMs);
  const candles = markets.slice(0, 3).map((market) => history(market, flat(100)));
  const listed = [
    { exchange: "test", symbol: "A/USDT" },
    { exchange: "test", symbol: "B/USDT", listedAt: at(20) },
    { exchange: "test", symbol: "C/USDT", delistedAt: at(40) },
  ];
  const seen = run(specOf({}, { markets: listed }), candles);
  assert.deepEqual(seen.orders, [
    "2024-01-02T00:00 +A",
    "2024-01-02T00:00 +C",
    "2024-02-01T00:00 -A",
    "2024-02-01T00:00 -C",
    "2024-02-01T00:00 +B",
    "2024-02-10T00:00 -C",
    "2024-03-01T00:00 +A",
    "2024-03-01T00:00 +B",
  ]);
  const [a, b, c] = positions(seen) as [number, number, number];
  assert.ok(Math.abs(a - 500) < 0.01 && Math.abs(b - 500) < 0.01 && c === 0, `${[a, b, c]}`);
  // D has the most volume from the second month on, and B none of the two places any more.
  const volumes = [9, 5, 8, 1];
  const ranked = markets.map((market, i) => {
    const own = history(market, flat(70));
    return { ...own, volume: own.volume.map((_, row) => i === 3 && row > 20 ? 50 : volumes[i]!) };
  });
  const universe = { top: 2, lookbackDays: 3, every: "1M" as const };
  const { trader } = run(specOf({}, { universe }), ranked);
  assert.deepEqual(trader.state.books.map(({ positionNumber }) => positionNumber > 0), [true, false, false, true]);
});

Deno.test("a sale that finds no candle is waited for, and what it was to pay is bought after it", () => {
  // On 1 February B is to be sold for A, but B has no candle on that day.
  const b = [...flat(20), ...flat(20, 15)] as (number | null)[];
  b[31] = null;
  const pair = { markets: markets.slice(0, 2).map(({ exchange, symbol }) => ({ exchange, symbol })) };
  const seen = run(specOf({}, pair), [history(markets[0]!, [...flat(20), ...flat(20, 5)]), history(markets[1]!, b)]);
  assert.deepEqual(seen.orders.slice(2), ["2024-02-01T00:00 -B", "2024-02-01T00:00 +A", "2024-02-03T00:00 +A"]);
  const [a, left] = positions(seen) as [number, number];
  assert.ok(Math.abs(a - 1_000) < 0.01 && Math.abs(left - 1_000 / 3) < 0.01, `${a} ${left}`);
  assert.equal(seen.trader.state.funnel["kept:not-filled"], undefined);
});

Deno.test("a market whose candles end holds up the others for ten closes only", () => {
  const ended = history(markets[0]!, flat(31)),
    rising = history(markets[1]!, Array.from({ length: 100 }, (_, i) => 10 + i));
  const pair = { markets: markets.slice(0, 3).map(({ exchange, symbol }) => ({ exchange, symbol })) };
  const seen = run(specOf({ lookback: 5 }, pair), [ended, rising, history(markets[2]!, flat(100))]);
  // The purchase of A on 1 February never fills: nothing trades there any more.
  assert.deepEqual(timesOf(seen), ["2024-01-02T00:00", "2024-02-01T00:00", "2024-03-01T00:00", "2024-04-01T00:00"]);
  assert.equal(
    seen.orders.filter((order) => order.startsWith("2024-04-01")).join(),
    "2024-04-01T00:00 -B,2024-04-01T00:00 +C",
  );
});

Deno.test("weights by risk are estimated from the look-back that is loaded before the start, and from nothing later", () => {
  const wild = Array.from({ length: 120 }, (_, i) => 10 * (1 + 0.3 * (i % 2)));
  const calm = Array.from({ length: 120 }, (_, i) => 10 * (1 + 0.03 * (i % 2)));
  const pair = { markets: markets.slice(0, 2).map(({ exchange, symbol }) => ({ exchange, symbol })) };
  const spec = specOf({ weights: "inverse-volatility", lookback: 30 }, { ...pair, from: "2024-03-01" });
  assert.equal(candleRange(spec, bindStrategies(spec, find)).from, Date.UTC(2024, 2, 1) - 31 * DAY_MS);
  const seen = run(spec, [history(markets[0]!, wild), history(markets[1]!, calm)]);
  assert.equal(timesOf(seen)[0], "2024-03-02T00:00");
  const [w, c] = seen.trader.state.allocations![0]!.targets;
  // Moves of +30 % and −23.1 % against +3 % and −2.9 %: standard deviations of 26.5 % and 2.96 %.
  assert.ok(Math.abs(c! / w! - (0.3 + 0.3 / 1.3) / (0.03 + 0.03 / 1.03)) < 1e-3, `${c! / w!}`);
});

Deno.test("a session that warms up with late candles has its weights at the first candle in time, as a backtest has", () => {
  const pair = markets.slice(0, 2), wave = (i: number, m: number) => 10 * (1 + 0.1 * Math.sin(i * (1 + m)));
  const candles = pair.map((market, m) => history(market, Array.from({ length: 100 }, (_, i) => wave(i, m))));
  const params = { weights: "risk-parity", lookback: 30 }, warmUp = 60;
  const part = { markets: pair.map(({ exchange, symbol }) => ({ exchange, symbol })) };
  const from = formatTimestamp(START_MS + warmUp * DAY_MS as TimestampMs).slice(0, 10);
  const backtest = run(specOf(params, { ...part, from }), candles);

  const spec = specOf(params, part), commands: Command[] = [];
  const trader = createTrader(traderConfigOf(spec, bindStrategies(spec, find), {
    ...{ session: "s", instruments: pair, tradeFromMs: 0 as TimestampMs, canMove: false, timing: DEFAULT_TIMING },
  }));
  const group = candleGroup(pair.length);
  for (let row = 0; row <= warmUp; row++) {
    const openTimeMs = START_MS + row * DAY_MS;
    Object.assign(group, { closeTimeMs: openTimeMs + DAY_MS, isLate: row < warmUp, count: pair.length });
    for (const [m, own] of candles.entries()) {
      [group.instrument[m], group.rowOf[m], group.openTimeMs[m]] = [m, m, openTimeMs];
      for (const name of VALUE_COLUMNS) group[name][m] = own[name][row]!;
    }
    step(trader, group, commands);
    if (row < warmUp) assert.deepEqual(commands, [], "nothing is decided on a late candle");
  }
  const ordered = commands.flatMap((command) => command.kind === "record" ? [command.order.instrument] : []);
  assert.deepEqual(ordered.map((own) => `+${baseOf(own)}`), ["+A", "+B"]);
  assert.deepEqual(backtest.orders.slice(0, 2).map((own) => own.slice(-2)), ["+A", "+B"]);
  assert.equal(timesOf(backtest)[0], formatTimestamp(START_MS + (warmUp + 1) * DAY_MS as TimestampMs).slice(0, 16));
  assert.equal(trader.state.nowMs, START_MS + (warmUp + 1) * DAY_MS);
});

Deno.test("a strategy with a budget divides its share of the equity and leaves the rest to the others", () => {
  const candles = markets.slice(0, 2).map((market) => history(market, flat(5)));
  const spec = parseRunSpec({
    strategies: [
      { strategy: "rebalance", id: "core", params: plain, budgetFraction: 0.6 },
      {
        strategy: "rebalance",
        id: "rest",
        params: { ...plain, weights: "equal", cashFraction: 0.5 },
        budgetFraction: 0.4,
        markets: ["test:B/USDT"],
      },
    ],
    markets: markets.slice(0, 2).map(({ exchange, symbol }) => ({ exchange, symbol })),
    timeframe: "1d",
    costs: { makerBps: 0, takerBps: 0 },
  });
  assert.deepEqual(positions(run(spec, candles)).map((units) => Number(units.toFixed(6))), [300, 300, 200]);
});

Deno.test("contracts are held in shares of the equity too, settled in either asset and beside a short book", () => {
  const stated = (kind: "linear" | "inverse", quote: string) =>
    ["A", "B"].map((base) => ({
      exchange: "test",
      symbol: kind === "inverse" ? `BTC/${base}` : `${base}/${quote}`,
      kind,
    }));
  const closes = [[...flat(33), ...flat(9, 20)], flat(42)];
  const candles = (own: readonly { exchange: string; symbol: string }[]) =>
    own.map(({ exchange, symbol }, i) => history(instrument({ exchange, symbol }), closes[i]!));
  const linear = stated("linear", "USDT"), part = { markets: linear, account: { leverage: 2 } };
  const at = (seen: Seen) => positions(seen).map((units) => Number(units.toFixed(3)));
  const plainly = run(specOf({}, part), candles(linear));
  // 500 each at 10. On 1 February nothing is off, and on 1 March there are no candles any more.
  assert.deepEqual(at(plainly), [500, 500]);
  const band = { unit: "never", band: 0.1 };
  // 15,000, of which 10,000 are A: 375 of A and 750 of B.
  assert.deepEqual(at(run(specOf(band, part), candles(linear))), [375, 750]);
  const hedged = run(specOf(band, { ...part, account: { leverage: 2, positionMode: "hedge" } }), candles(linear));
  assert.deepEqual(at(hedged), [375, 0, 750, 0]);
  const inverse = stated("inverse", "");
  const coins = run(specOf(band, { markets: inverse, account: { cashQuote: 100 } }), candles(inverse));
  // 50 coins are worth 500 at 10, in contracts of 1. A at 20: 25 coins of 500, and 25 were won.
  const [a, b] = at(coins) as [number, number], won = 500 / 10 - 500 / 20;
  assert.ok(Math.abs(a - (100 + won) / 2 * 20) < 1e-2 && Math.abs(b - (100 + won) / 2 * 10) < 1e-2, `${a} ${b}`);
});

Deno.test("on finer candles a strategy of days decides as in a run of days", () => {
  const hours = timeframe("1h"), pair = markets.slice(0, 2);
  const wave = (i: number, market: number) => 10 * (1 + 0.3 * Math.sin(i / (9 + 5 * market)));
  const fine = pair.map((market, m) =>
    candleColumns(
      market,
      hours,
      Array.from({ length: 24 * 70 }, (_, i) => {
        const open = wave(Math.max(0, i - 1), m), close = wave(i, m);
        const openTimeMs = START_MS + i * 3_600_000 as TimestampMs;
        return { openTimeMs, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 1 };
      }),
    )
  );
  const params = { ...plain, weights: "risk-parity", lookback: 10, every: 2, unit: "week", band: 0.05 };
  const of = (length: string, part: object) =>
    parseRunSpec({
      strategies: [{ strategy: "rebalance", params, ...part }],
      markets: pair.map(({ exchange, symbol }) => ({ exchange, symbol })),
      timeframe: length,
      costs: { makerBps: 0, takerBps: 0 },
    });
  const whole = run(of("1d", {}), fine.map((own) => resample(own, day)));
  const part = run(of("1h", { timeframe: "1d" }), fine);
  assert.deepEqual(part.orders, whole.orders);
  assert.deepEqual(part.fills, whole.fills);
  assert.ok(part.orders.length > 8, `${part.orders.length} orders`);
});

Deno.test("a moment is explained by the shares that were held and were wanted", () => {
  const pair = markets.slice(0, 2),
    spec = specOf({}, { markets: pair.map(({ exchange, symbol }) => ({ exchange, symbol })) });
  const candles = [history(pair[0]!, [...flat(20), ...flat(20, 30)]), history(pair[1]!, flat(40))];
  const at = (time: number) => explainRun(spec, bindStrategies(spec, find), candles, time as TimestampMs).books;
  const shares = at(Date.UTC(2024, 1, 1)).map(({ values }) => values.map(({ value }) => Number(value!.toFixed(6))));
  assert.deepEqual(shares, [[0.75, 0.5], [0.25, 0.5]]);
  const [a, b] = at(Date.UTC(2024, 1, 1)).map(({ orders }) => orders.map(({ side, slot }) => `${side} ${slot}`).join());
  assert.deepEqual([a, b], ["sell reduce", "buy entry"]);
  assert.equal(at(Date.UTC(2024, 0, 2))[0]!.values[0]!.label, "share of the equity that it held");
});

Deno.test("triggers that never come and months that divide no year are refused", () => {
  assert.throws(
    () => rebalance.bind({ unit: "never" }),
    /nothing makes it trade: set unit to day, week or month, or band above 0/,
  );
  assert.throws(() => rebalance.bind({ every: 5 }), /5 months do not divide a year: use 1, 2, 3, 4, 6 or 12/);
  assert.notEqual(rebalance.bind({}).hash, rebalance.bind({ every: 2 }).hash);
});

const minute = timeframe("1m");
const three = markets.slice(0, 3);
const accounts = fc.record({
  candles: fc.tuple(...three.map((market) => randomCandles(market, minute, START_MS, 60))) as fc.Arbitrary<
    CandleColumns[]
  >,
  weights: fc.constantFrom("equal", "inverse-volatility", "risk-parity", "minimum-variance"),
  band: fc.constantFrom(0, 0.02, 0.1),
  bandKind: fc.constantFrom("absolute", "relative"),
  riskAversion: fc.constantFrom(0, 3),
  takerBps: fc.constantFrom(0, 10),
  cashFraction: fc.constantFrom(0, 0.1),
});
type Drawn = typeof accounts extends fc.Arbitrary<infer Value> ? Value : never;
const minutesSpec = ({ candles: _, takerBps, ...params }: Drawn) =>
  parseRunSpec({
    strategy: "rebalance",
    params: { ...params, lookback: 5, unit: "day", minTradeQuote: 5 },
    markets: three.map(({ exchange, symbol }) => ({ exchange, symbol, lot: "0.0001", minNotional: "5" })),
    timeframe: "1m",
    costs: { makerBps: takerBps, takerBps },
  });

Deno.test("after each rebalance every share is at its target but for what was left undone for its cost, over 1,000 accounts", () => {
  let rebalances = 0, moved = 0;
  fc.assert(
    fc.property(accounts, (account) => {
      const spec = minutesSpec(account), { riskAversion, takerBps } = account;
      let before: { marks: Float64Array; equity: number; sent: boolean[]; keptSale: boolean } | null = null;
      let unfilled: number | undefined;
      let ordered = false;
      run(spec, account.candles, {
        decided({ state, config }) {
          const own = state.allocations![0]!;
          // Where a candle is missing, prices have moved on before all is done.
          if (own.attempts > 0 || state.funnel["kept:not-filled"] !== unfilled) before = null;
          unfilled = state.funnel["kept:not-filled"];
          if (before !== null && own.attempts === 0) {
            // The orders have filled: what is held now, at the prices of the decision, is the target.
            const { marks, equity, sent, keptSale } = before;
            before = null;
            const cost = config.reserveFraction;
            state.books.forEach(({ positionNumber }, i) => {
              const value = positionNumber === 0 ? 0 : positionNumber * marks[i]!,
                off = value / equity - own.targets[i]!;
              // A purchase lacks what a sale that costs too much would have paid.
              if (!sent[i] || keptSale && off < 0) return;
              moved++;
              // The fee of a purchase, the cut to the cash that fees and gaps cost, a lot, and a twentieth that may be missing.
              assert.ok(Math.abs(off) < 0.06 * own.targets[i]! + 3 * cost + 1e-3, `${off} off ${own.targets[i]}`);
            });
            assert.ok(state.account.cashNumber >= 0);
          }
          if (own.attempts === 1 && before === null && !ordered) {
            rebalances++;
            const sent = Array.from(own.wanted, (wanted) => !Number.isNaN(wanted));
            const values = state.books.map(({ positionNumber }, i) =>
              positionNumber === 0 ? 0 : positionNumber * state.marks[i]!
            );
            const keptSale = values.some((value, i) => !sent[i] && value > own.targets[i]! * state.lastEquity);
            before = { marks: state.marks.slice(), equity: state.lastEquity, sent, keptSale };
            own.targets.forEach((target, i) => {
              const value = values[i]!;
              // Without costs nothing is left undone but what is too small.
              if (sent[i] || riskAversion > 0 && takerBps > 0) return;
              assert.ok(Math.abs(value - target * state.lastEquity) < 5.1 + 2 * takerBps, `${value} of ${target}`);
            });
          }
          ordered = state.orders.length > 0;
          return true;
        },
      });
    }),
    { numRuns: 1_000 },
  );
  assert.ok(rebalances > 500 && moved > 1_000, `${rebalances} rebalances, ${moved} positions moved`);
});

Deno.test("poison in all candles after a moment changes nothing before it, over 1,000 accounts", () => {
  let orders = 0;
  fc.assert(
    fc.property(accounts, fc.nat(), (account, at) => {
      const { candles } = account, spec = minutesSpec(account);
      const times = [...new Set(candles.flatMap(({ openTimeMs }) => [...openTimeMs]))].sort((a, b) => a - b);
      const last = times[at % times.length]!;
      const until = { decided: (_: Trader, group: { closeTimeMs: number }) => group.closeTimeMs <= last };
      const poisoned = candles.map((own) => ({
        ...own,
        ...Object.fromEntries(
          VALUE_COLUMNS.map((name) => [name, own[name].map((value, i) => own.openTimeMs[i]! > last ? NaN : value)]),
        ),
      }));
      const clean = run(spec, candles, until), poison = run(spec, poisoned, until);
      assert.equal(saveTrader(poison.trader), saveTrader(clean.trader));
      assert.deepEqual(poison.orders, clean.orders);
      orders += clean.orders.length;
    }),
    { numRuns: 1_000 },
  );
  assert.ok(orders > 1_000, `${orders} orders`);
});

Deno.test("a session written down and read back after every candle trades the same, over 500 accounts", () => {
  fc.assert(
    fc.property(accounts, (account) => {
      const spec = minutesSpec(account),
        whole = run(spec, account.candles),
        split = run(spec, account.candles, restarts(1));
      assert.deepEqual(split.fills, whole.fills);
      assert.equal(saveTrader(split.trader), saveTrader(whole.trader));
    }),
    { numRuns: 500 },
  );
});

Deno.test("the order in which markets are listed decides nothing, to the byte and the hash, over 200 accounts", async () => {
  await fc.assert(
    fc.asyncProperty(accounts, async (account) => {
      const spec = minutesSpec(account), bound = bindStrategies(spec, find);
      const turned = parseRunSpec({ ...spec, markets: spec.markets.toReversed() });
      const one = await runBacktest(spec, bound, account.candles);
      const other = await runBacktest(turned, bound, account.candles.toReversed());
      assert.equal(JSON.stringify(other), JSON.stringify(one));
    }),
    { numRuns: 200 },
  );
});

Deno.test("real days of five markets by inverse volatility: weights and equity are those of a few lines of numpy", async () => {
  const bases = ["BNB", "BTC", "ETH", "SOL", "XRP"];
  const paths = bases.map((base) => sharedPath(`data/candles/binance/${base}USDT_1d.parquet`));
  if (!requireOrSkip("goldens", !paths.includes(undefined), "data/candles/binance/*USDT_1d.parquet")) return;
  const traded = bases.map((base) => instrument({ exchange: "binance", symbol: `${base}/USDT` }));
  const candles = await Promise.all(
    paths.map((path, i) => readCandles(path!, traded[i]!, day, "2020-10-01", "2023-01-01")),
  );
  const golden: { rebalances: { closeTimeMs: number; weights: number[]; equity: number }[]; equity: number } = JSON
    .parse(
      await Deno.readTextFile(new URL("./testdata/rebalanced.json", import.meta.url)),
    );
  const params = { weights: "inverse-volatility", lookback: 60, cashFraction: 0.1, minTradeQuote: 0 };
  const spec = specOf(params, {
    markets: traded.map(({ exchange, symbol }) => ({ exchange, symbol })),
    from: "2021-01-01",
    costs: { makerBps: 0, takerBps: 0 },
  });
  const seen: typeof golden.rebalances = [];
  const { trader } = run(spec, candles, {
    decided({ state }, { closeTimeMs }) {
      const { targets, attempts } = state.allocations![0]!;
      if (attempts === 1) seen.push({ closeTimeMs, weights: [...targets], equity: state.lastEquity });
      return true;
    },
  });
  assert.equal(seen.length, golden.rebalances.length);
  golden.rebalances.forEach(({ closeTimeMs, weights, equity }, i) => {
    assert.equal(seen[i]!.closeTimeMs, closeTimeMs);
    assertClose(seen[i]!.equity, equity, `equity ${i}`, 1e-6);
    weights.forEach((weight, at) => assertClose(seen[i]!.weights[at]!, weight, `weight ${at} of ${i}`, 1e-9));
  });
  assertClose(trader.state.lastEquity, golden.equity, "equity at the end", 1e-6);
});
