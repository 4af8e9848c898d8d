import assert from "node:assert/strict";
import fc from "fast-check";
import { atr, sma } from "../indicators/mod.ts";
import { type Candle, type CandleColumns, candleColumns, instrument, sliceCandles } from "../market/mod.ts";
import { close, hourOfDay, open } from "../series/mod.ts";
import {
  BaseStrategy,
  type DecisionContext,
  defineStrategy,
  percent,
  type PositionView,
  sizeAsFraction,
  sizeInQuote,
  sizeInUnits,
  type StrategyRules,
  when,
} from "../strategies/mod.ts";
import { randomCandles } from "../testing/random_candles.ts";
import { restarts } from "../testing/restarts.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { saveTrader } from "../trader/mod.ts";
import { parseRunSpec, replayOf, runBacktest, type RunSpecInput } from "./mod.ts";

const MINUTE_MS = 60_000, HOUR_MS = 3_600_000;
/** A Monday. */
const START_MS = Date.UTC(2024, 0, 1);
const hour = timeframe("1h"), minute = timeframe("1m");
const btc = instrument({ exchange: "test", symbol: "BTC/USDT" });
const perp = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear" });

/** Hourly candles of open, high, low and close. */
const hours = (...rows: readonly [number, number, number, number][]): CandleColumns =>
  candleColumns(
    btc,
    hour,
    rows.map(([open, high, low, close], i): Candle => ({
      openTimeMs: START_MS + i * HOUR_MS as TimestampMs,
      open,
      high,
      low,
      close,
      volume: 1,
    })),
  );
const flat = (...prices: readonly number[]) =>
  hours(...prices.map((price) => [price, price, price, price] as const as never));

const strategyOf = (rules: StrategyRules) => defineStrategy({ id: "own", params: {}, rules: () => rules });
function run(rules: StrategyRules, candles: CandleColumns, options: Partial<RunSpecInput> = {}) {
  const spec = parseRunSpec({
    strategy: "own",
    markets: [{ exchange: "test", symbol: "BTC/USDT", kind: candles.instrument.kind }],
    timeframe: candles.timeframe,
    costs: { makerBps: 0, takerBps: 0 },
    sizing: { kind: "units", units: 1 },
    ...options,
  });
  return runBacktest(spec, strategyOf(rules).bind(), [candles]);
}

Deno.test("the first of several rules that fires gives its reason to the trade table", async () => {
  const rules: StrategyRules = {
    enter: [when(close.gt(110), "breakout"), when(close.lt(90), "dip"), close.eq(105)],
    exit: [when(close.eq(101), "back"), close.eq(102)],
  };
  const { trades } = await run(rules, flat(100, 111, 111, 101, 101, 80, 80, 102, 102, 105, 105, 101, 101));
  assert.deepEqual(trades.map(({ entryReason, exitReason }) => [entryReason, exitReason]), [
    ["breakout", "back"],
    ["dip", "exit"],
    ["enter", "back"],
  ]);
});

Deno.test("a stop in code protects from the fill on and moves to the entry price once the trade has earned 5 %", async () => {
  const seen: [bars: number, minutes: number, best: number, unrealised: number][] = [];
  const stop = (position: PositionView) => {
    const { barsHeld, minutesHeld, bestPrice, unrealisedReturnFraction, entryPrice } = position;
    seen.push([barsHeld, minutesHeld, bestPrice, unrealisedReturnFraction]);
    return bestPrice >= entryPrice * 1.05 ? entryPrice : entryPrice * 0.9;
  };
  const { trades } = await run(
    { enter: close.eq(99), stop },
    hours(
      [98, 99, 98, 99], // the signal: the stop of the entry is 89.1
      [100, 102, 95, 101], // filled at 100
      [101, 106, 101, 104], // 6 % were reached: from the next candle on the stop is at 100
      [104, 104, 99, 103],
      [103, 103, 103, 103],
    ),
  );
  assert.deepEqual(seen, [[0, 0, 99, 0], [1, 60, 102, 0.010000000000000009], [2, 120, 106, 0.040000000000000036]]);
  assert.deepEqual(trades.map(({ exitPrice, exitReason, exitTimeMs }) => [exitPrice, exitReason, exitTimeMs]), [
    [100, "stop", START_MS + 3 * HOUR_MS],
  ]);
});

Deno.test("a crash in the candle of the entry meets the stop in code of the signal", async () => {
  const stop = ({ entryPrice }: PositionView) => entryPrice * 0.9;
  const { trades } = await run(
    { enter: close.eq(100), stop },
    hours([100, 100, 100, 100], [101, 101, 50, 60], [60, 60, 60, 60]),
  );
  assert.deepEqual(trades.map(({ exitPrice, exitReason, bars }) => [exitPrice, exitReason, bars]), [[90, "stop", 0]]);
});

Deno.test("an exit in code leaves after so many candles or minutes, with its own reason, and sees named series", async () => {
  const candles = flat(100, 101, 102, 103, 104, 105, 106);
  const late: StrategyRules = { enter: close.eq(100), exit: ({ barsHeld }) => barsHeld >= 3 && "too-long" };
  const [trade] = (await run(late, candles)).trades; // filled at 101; the third close since is 103
  assert.deepEqual([trade!.entryPrice, trade!.exitPrice, trade!.exitReason], [101, 104, "too-long"]);
  const roi: StrategyRules = {
    enter: close.eq(100),
    exit: ({ minutesHeld, unrealisedReturnFraction: earned }) => earned > (minutesHeld >= 120 ? 0.005 : 0.05),
  };
  const [quick] = (await run(roi, candles)).trades; // 120 minutes after 01:00 the close of 102 has 0.99 %
  assert.deepEqual([quick!.exitPrice, quick!.exitReason], [103, "exit"]);
  const named: StrategyRules = {
    enter: close.eq(100),
    values: { mean: sma(close, 3), price: close },
    exit: ({ values: { mean, price } }) => price! > 103 && mean === price! - 1,
  };
  assert.equal((await run(named, candles)).trades[0]!.exitPrice, 105);
});

Deno.test("a target in code, a protection as its answer, and null for none", async () => {
  const candles = hours([100, 100, 100, 100], [100, 101, 99, 100], [100, 112, 100, 111], [111, 111, 111, 111]);
  const fixed = await run({ enter: close.eq(100), target: () => percent(10) }, candles);
  assert.deepEqual(fixed.trades.map(({ exitPrice, exitReason }) => [exitPrice, exitReason]), [[110, "target"]]);
  // An answer that stays the same sends no order again.
  assert.equal(fixed.notes.funnel["orders:target"], 1);
  const none = await run({
    enter: close.eq(100),
    stop: () => null,
    target: ({ barsHeld }) => barsHeld > 0 ? null : 110,
  }, candles);
  assert.equal(none.trades.length, 0);
  assert.equal(none.notes.funnel["ended:target:cancelled"], 1);
});

Deno.test("hooks that do not know yet make no entry, and leave protections where they are", async () => {
  const candles = flat(100, 100, 100, 101, 90, 90);
  const unknown: StrategyRules["stop"] = ({ values: { mean } }) => mean! * 0.95;
  const { trades, notes } = await run(
    { enter: close.gte(100), values: { mean: sma(close, 3) }, stop: unknown },
    candles,
  );
  assert.equal(notes.funnel["signals:enter"], 1); // on the third candle, not on the first
  assert.equal(trades[0]!.entryTimeMs, START_MS + 3 * HOUR_MS);
  const once = await run({ enter: close.eq(101), stop: ({ barsHeld }) => barsHeld === 0 ? 95 : undefined }, candles);
  assert.equal(once.notes.funnel["signals:protect"], undefined);
});

Deno.test("an entry has the size of its series or of its hook, and none where that is not known (8 cases)", async () => {
  const candles = flat(100, 100, 200, 200, 200);
  const cases: [size: StrategyRules["size"], wanted: number | null][] = [
    [sizeInUnits(close.div(50)), 2],
    [sizeInQuote(close.mul(3)), 3],
    [sizeAsFraction(close.div(1_000)), 10],
    [sizeInUnits(sma(close, 30)), null],
    [() => ({ kind: "units", units: 7 }), 7],
    [({ entryPrice, equity }) => ({ kind: "fixed-notional", notionalQuote: equity / entryPrice }), 1],
    [() => undefined, 1],
    [() => null, null],
  ];
  for (const [size, wanted] of cases) {
    const rules: StrategyRules = { enter: close.eq(100), exit: close.eq(200), ...(size ? { size } : {}) };
    const { trades } = await run(rules, candles);
    assert.deepEqual(trades.map(({ quantity }) => quantity), wanted === null ? [] : [wanted], String(size));
  }
});

Deno.test("the same rules have another identity with another tag, hook, size, name or schedule", () => {
  const sets: StrategyRules[] = [
    { enter: close.gt(1) },
    { enter: when(close.gt(1), "a") },
    { enter: when(close.gt(1), "b") },
    { enter: [close.gt(1), close.gt(2)] },
    { enter: [close.gt(2), close.gt(1)] },
    { enter: close.gt(1), exit: ({ barsHeld }) => barsHeld > 2 },
    { enter: close.gt(1), exit: ({ barsHeld }) => barsHeld > 3 },
    { enter: close.gt(1), stop: ({ entryPrice }) => entryPrice / 2 },
    { enter: close.gt(1), target: ({ entryPrice }) => entryPrice / 2 },
    { enter: close.gt(1), size: sizeInUnits(close) },
    { enter: close.gt(1), size: sizeInQuote(close) },
    { enter: close.gt(1), values: { a: close } },
    { enter: close.gt(1), values: { b: close } },
    { enter: close.gt(1), schedule: { cron: "0 8 * * *" } },
    { enter: close.gt(1), schedule: { cron: "0 9 * * *" } },
    { enter: close.gt(1), schedule: { sessions: [{ from: "08:00", to: "16:00" }] } },
  ];
  const hashes = sets.map((rules) => strategyOf(rules).bind().hash);
  assert.equal(new Set(hashes).size, sets.length);
});

Deno.test("entries are made within the sessions only, waiting ones are taken back, positions end with them", async () => {
  // Closes at 01:00, 02:00 … of a Monday; the session lets 02:00 and 03:00 decide.
  const sessions = [{ from: "02:00", to: "04:00", days: ["mon"] as const }];
  const candles = flat(100, 101, 102, 103, 104, 105);
  const free: StrategyRules = { enter: close.gte(100), schedule: { sessions } };
  const held = await run(free, candles);
  assert.equal(held.notes.openTrades[0]!.entryPrice, 102); // decided at 02:00
  assert.equal(held.notes.funnel["refused:schedule"], 1);
  const closing = await run({ ...free, schedule: { sessions, closeAtEnd: true } }, candles);
  assert.deepEqual(closing.trades.map(({ exitPrice, exitReason }) => [exitPrice, exitReason]), [[104, "session-end"]]);
  const waiting = await run({ ...free, at: { kind: "limit", price: open.mul(0.5), validFor: null } }, candles);
  assert.equal(waiting.notes.funnel["ended:entry:cancelled"], 1);
  const tuesday = await run(
    { ...free, schedule: { sessions: [{ from: "00:00", to: "24:00", days: ["tue"] }] } },
    candles,
  );
  assert.equal(tuesday.notes.funnel["orders"], undefined);
});

Deno.test("hours, cron minutes and blackouts hold over 300 random histories, in code as in rules", async () => {
  class Eager extends BaseStrategy {
    readonly series = [];
    override readonly schedule = { cron: "*/2 0 * * mon" };
    decide(context: DecisionContext): void {
      if (context.position === 0) context.buy({ reason: "eager" });
      else if (context.index % 3 === 0) context.exit();
    }
  }
  const eager = defineStrategy({ id: "eager", params: {}, create: () => new Eager() });
  const blackouts = [{ from: "2024-01-01T00:20", to: "2024-01-01T01:10" }];
  const night: StrategyRules = {
    enter: close.gt(0),
    exit: close.lt(open),
    schedule: { sessions: [{ from: "23:30", to: "00:40" }], blackouts, closeAtEnd: true },
  };
  const decidedAt = ({ entryTimeMs }: { entryTimeMs: number }) => (entryTimeMs - START_MS) / MINUTE_MS;
  let entries = 0;
  await fc.assert(
    fc.asyncProperty(randomCandles(btc, minute, START_MS, 200), async (candles) => {
      const rules = await run(night, candles),
        code = await runBacktest(
          parseRunSpec({ strategy: "eager", markets: [{ exchange: "test", symbol: "BTC/USDT" }], timeframe: "1m" }),
          eager.bind(),
          [candles],
        );
      for (const trade of [...rules.trades, ...rules.notes.openTrades]) {
        // A fill comes at the next candle that there is: at the decision's close or later.
        const row = candles.openTimeMs.indexOf(trade.entryTimeMs);
        const decided = (candles.openTimeMs[row - 1]! + MINUTE_MS - START_MS) / MINUTE_MS;
        assert.ok(decided < 20, `decided at minute ${decided}`);
        entries++;
      }
      for (const trade of rules.trades) {
        const row = candles.openTimeMs.indexOf(trade.exitTimeMs);
        const before = (candles.openTimeMs[row - 1]! + MINUTE_MS - START_MS) / MINUTE_MS;
        assert.ok(trade.exitReason !== "session-end" || before >= 20);
      }
      for (const trade of code.trades) {
        const row = candles.openTimeMs.indexOf(trade.entryTimeMs);
        const decided = (candles.openTimeMs[row - 1]! + MINUTE_MS - START_MS) / MINUTE_MS;
        assert.ok(decided % 2 === 0 && decided < 60, `decided at minute ${decided}, filled at ${decidedAt(trade)}`);
        entries++;
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(entries > 1_000, `only ${entries} entries`);
});

Deno.test("a schedule that cannot be read is refused when the strategy is bound (9 cases)", () => {
  const cases: [StrategyRules["schedule"], RegExp][] = [
    [{ sessions: [{ from: "8:00", to: "16:00" }] }, /"8:00" is not a time of day/],
    [{ sessions: [{ from: "08:00", to: "24:30" }] }, /"24:30" is not a time of day/],
    [{ sessions: [{ from: "08:00", to: "08:00" }] }, /is empty/],
    [{ sessions: [{ from: "08:00", to: "09:00", days: ["monday" as "mon"] }] }, /"monday" is not a day/],
    [{ blackouts: [{ from: "2024-01-02", to: "2024-01-01" }] }, /is empty/],
    [{ cron: "* *" }, /has 2 fields/],
    [{}, /a schedule needs a cron expression, sessions or blackouts/],
    [{ cron: "0 8 * * *", closeAtEnd: true }, /closeAtEnd needs sessions or blackouts/],
    [{ sessions: [] }, /never opens/],
  ];
  for (const [schedule, message] of cases) {
    assert.throws(() => strategyOf({ enter: close, ...(schedule ? { schedule } : {}) }).bind(), message);
  }
});

/** Everything at once: tags, hooks with memory, sizes, named series, hours. */
const rich = defineStrategy({
  id: "rich",
  params: {},
  rules: () => ({
    enter: [when(close.gt(sma(close, 3)), "up"), when(hourOfDay().eq(1), "one")],
    exit: [when(close.lt(sma(close, 5)), "down"), ({ barsHeld }) => barsHeld > 12 && "long"],
    enterShort: close.lt(sma(close, 9)),
    values: { range: atr(4) },
    stop: ({ side, bestPrice, values: { range }, memory }) => {
      const record = (memory["record"] ??= { asked: 0, prices: [] }) as { asked: number; prices: number[] };
      record.asked++;
      const price = side === "long" ? bestPrice - 2 * range! : bestPrice + 2 * range!;
      if (record.prices.push(price) > 3) record.prices.shift();
      return price;
    },
    size: ({ values: { range }, close }) => ({
      kind: "fixed-notional",
      notionalQuote: range! > close / 100 ? 1_000 : 2_000,
    }),
    schedule: { sessions: [{ from: "00:10", to: "02:30" }], closeAtEnd: true },
  }),
});
const richSpec = parseRunSpec({
  strategy: "rich",
  markets: [{ exchange: "test", symbol: "BTC/USDT", kind: "linear" }],
  timeframe: "1m",
  limits: { shrinkToFit: true, maxExposureFraction: 0.15 },
});
const replayed = (candles: CandleColumns, observer?: ReturnType<typeof restarts>) =>
  replayOf(richSpec, rich.bind(), [candles], START_MS as TimestampMs, undefined, observer);

Deno.test("a trader that is restarted at any candle decides as one that is not, memory of hooks included, over 200 histories", () => {
  let closed = 0;
  fc.assert(
    fc.property(randomCandles(perp, minute, START_MS, 200), fc.integer({ min: 1, max: 7 }), (candles, every) => {
      const restarted = replayed(candles, restarts(every)), plain = replayed(candles);
      assert.equal(saveTrader(restarted.trader), saveTrader(plain.trader));
      assert.deepEqual(restarted.closed, plain.closed);
      closed += plain.closed.length;
    }),
    { numRuns: 200 },
  );
  assert.ok(closed > 500, `only ${closed} trades`);
});

Deno.test("what comes later changes no decision of hooks, sizes and hours before it, over 200 histories", () => {
  fc.assert(
    fc.property(randomCandles(perp, minute, START_MS, 200), fc.nat(), (candles, at) => {
      const rows = 1 + at % candles.length, last = candles.openTimeMs[rows - 1]!;
      const whole = replayed(candles), cut = replayed(sliceCandles(candles, 0, rows));
      const before = whole.closed.filter(({ lot }) => lot.exitTimeMs <= last);
      assert.deepEqual(cut.closed, before);
      assert.deepEqual(cut.equity.equity, whole.equity.equity.slice(0, rows));
    }),
    { numRuns: 200 },
  );
});
