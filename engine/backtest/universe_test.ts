import assert from "node:assert/strict";
import fc from "fast-check";
import { type CandleColumns, candleColumns, instrument, VALUE_COLUMNS } from "../market/mod.ts";
import { BaseStrategy, type DecisionContext, defineStrategy } from "../strategies/mod.ts";
import { restarts } from "../testing/restarts.ts";
import { barOpen, formatTimestamp, timeframe, type TimestampMs } from "../time/mod.ts";
import { type Command, saveTrader } from "../trader/mod.ts";
import { candleRange, parseRunSpec, type ReplayObserver, replayOf, runBacktest, type RunSpecInput } from "./mod.ts";

const HOUR_MS = 3_600_000, DAY_MS = 24 * HOUR_MS, START_MS = Date.UTC(2024, 0, 1);
const half = timeframe("12h");
const markets = ["A", "B", "C", "D"].map((base) => instrument({ exchange: "test", symbol: `${base}/USDT` }));
const listed = markets.map(({ exchange, symbol }) => ({ exchange, symbol }));

/** Asks for an entry on every candle while it holds nothing. */
class Eager extends BaseStrategy {
  readonly series = [];
  decide(context: DecisionContext): void {
    if (context.position === 0 && !context.entryPending) {
      context.buy({ sizing: { kind: "fixed-notional", notionalQuote: 100 } });
    }
  }
}
const eager = defineStrategy({ id: "eager", params: {}, create: () => new Eager() }).bind();
const specOf = (universe: RunSpecInput["universe"], part: Partial<RunSpecInput> = {}) =>
  parseRunSpec({
    strategy: "eager",
    markets: listed,
    timeframe: "12h",
    costs: { makerBps: 0, takerBps: 0 },
    ...(universe === undefined ? {} : { universe }),
    ...part,
  });

/** Two candles a day at a price of 10 with these volumes; null where a candle is missing. */
const history = (market: number, volumes: readonly (number | null)[]) =>
  candleColumns(
    markets[market]!,
    half,
    volumes.flatMap((volume, i) =>
      volume === null
        ? []
        : [{ openTimeMs: START_MS + i * 12 * HOUR_MS as TimestampMs, open: 10, high: 10, low: 10, close: 10, volume }]
    ),
  );
/** Entries that were let through, as `hours since the start: base`. */
function entries(spec: ReturnType<typeof specOf>, candles: readonly CandleColumns[]) {
  const sent: string[] = [];
  const observer: ReplayObserver = {
    command(command: Command) {
      if (command.kind !== "record" || command.order.slot !== "entry") return;
      const [base] = command.order.instrument.slice("test:".length).split("/");
      sent.push(`${(command.order.decidedAtMs - START_MS) / HOUR_MS}: ${base}`);
    },
  };
  const { trader } = replayOf(spec, eager, candles, START_MS as TimestampMs, undefined, observer);
  return { sent, trader, funnel: trader.state.funnel };
}

Deno.test("the markets with the most quote volume of the days before take entries, and nothing is known on the first day", () => {
  // Day 0: A 400, B 300, C 20; day 1: A 20, B 300, C 500. One place, looking back one day.
  const candles = [history(0, [20, 20, 1, 1, 1]), history(1, [15, 15, 15, 15, 15]), history(2, [1, 1, 25, 25, 1])];
  const { sent, funnel } = entries(
    specOf({ top: 1, lookbackDays: 1, every: "1d" }, { markets: listed.slice(0, 3) }),
    candles,
  );
  assert.deepEqual(sent, ["24: A", "48: C"]);
  // At the five closes all three; A and B and B; A holds from 36 on, C from 60 on.
  assert.equal(funnel["refused:outside-universe"], 3 + 2 + 2 + 1 + 1);
  // Over both days B has the most: 600 against 440 and 540.
  const two = entries(specOf({ top: 1, lookbackDays: 2, every: "1d" }, { markets: listed.slice(0, 3) }), candles);
  assert.deepEqual(two.sent, ["24: A", "48: B"]);
});

Deno.test("what is held when its market leaves is kept, or closed where that is wanted", async () => {
  const candles = [history(0, [20, 20, 1, 1, 1, 1, 1, 1]), history(1, [5, 5, 9, 9, 9, 9, 9, 9])];
  const part = { markets: listed.slice(0, 2) };
  const universe = { top: 1, lookbackDays: 1, every: "1d" as const };
  const kept = await runBacktest(specOf(universe, part), eager, candles);
  assert.deepEqual(kept.notes.openTrades.map(({ instrument }) => instrument), ["test:A/USDT", "test:B/USDT"]);
  const closed = await runBacktest(specOf({ ...universe, onLeave: "close" }, part), eager, candles);
  assert.deepEqual(
    closed.trades.map(({ instrument, entryTimeMs, exitTimeMs, exitReason }) => [
      instrument,
      (entryTimeMs - START_MS) / HOUR_MS,
      (exitTimeMs - START_MS) / HOUR_MS,
      exitReason,
    ]),
    [["test:A/USDT", 24, 48, "left-universe"]],
  );
});

Deno.test("a market is ranked from its listing to its end, and takes no entry outside of them", () => {
  const at = (hours: number) => formatTimestamp(START_MS + hours * HOUR_MS as TimestampMs);
  const candles = [history(0, [20, 20, 20, 20, 20, 20]), history(1, [5, 5, 5, 5, 5, 5])];
  const alive = [{ ...listed[0]!, listedAt: at(36) }, { ...listed[1]!, delistedAt: at(60) }];
  const plain = entries(specOf(undefined, { markets: alive }), candles);
  assert.deepEqual(plain.sent, ["12: B", "36: A"]);
  assert.deepEqual([plain.funnel["refused:not-listed"], plain.funnel["refused:delisted"]], [2, 1]);
  const ranked = entries(specOf({ top: 1, lookbackDays: 1, every: "1d" }, { markets: alive }), candles);
  // At 24 only B is listed; A, the larger one, is listed at 36 and ranked at 48.
  assert.deepEqual(ranked.sent, ["24: B", "48: A"]);
});

Deno.test("a universe wants candles from before the start: the days that count, and those of a ranking", () => {
  const at = (universe: RunSpecInput["universe"]) => candleRange(specOf(universe, { from: "2024-03-01" }), eager).from;
  assert.equal(at({ top: 1, lookbackDays: 30, every: "1d" }), Date.UTC(2024, 2, 1) - 31 * DAY_MS);
  assert.equal(at({ top: 1, lookbackDays: 30, every: "1M" }), Date.UTC(2024, 2, 1) - 61 * DAY_MS);
  assert.equal(at(undefined), Date.UTC(2024, 2, 1));
});

Deno.test("a run says when a market's candles end early, when its universe knows survivors only, and when it knows few days", async () => {
  const warnings = async (lengths: number[], part: Partial<RunSpecInput>, universe?: RunSpecInput["universe"]) => {
    const candles = lengths.map((length, i) => history(i, Array(length).fill(5)));
    const run = await runBacktest(specOf(universe, { markets: listed.slice(0, 2), ...part }), eager, candles);
    return run.notes.warnings.filter((warning) => /candles of|universe/.test(warning));
  };
  const ended = /candles of test:B\/USDT end at 2024-01-03T00:00:00Z, before those of the other markets/;
  assert.match((await warnings([6, 4], {})).join(), ended);
  const gone = [listed[0]!, { ...listed[1]!, delistedAt: "2024-01-03" }];
  assert.deepEqual(await warnings([6, 4], { markets: gone }), []);
  const universe = { top: 1, lookbackDays: 1 };
  const [survivors, few] = await warnings([6, 6], {}, universe);
  assert.match(survivors!, /survivorship bias/);
  assert.match(few!, /know fewer than 1 days of volume/);
  assert.deepEqual(await warnings([8, 4], { markets: gone, from: "2024-01-02T12:00" }, universe), []);
});

Deno.test("a universe or a listing that cannot be used names the field (5 cases)", () => {
  const cases: [() => unknown, RegExp][] = [
    [() => specOf({ top: 0 }), /"universe.top"/],
    [() => specOf({ top: 1, every: "2d" as "1d" }), /"universe.every"/],
    [() => specOf({ top: 1, rank: "price" as "quote-volume" }), /"universe.rank"/],
    [() => specOf(undefined, { markets: [{ ...listed[0]!, listedAt: "soon" }] }), /"soon" is not a date/],
    [
      () => specOf(undefined, { markets: [{ ...listed[0]!, listedAt: "2024", delistedAt: "2023" }] }),
      /A\/USDT is listed at 2024 and delisted at 2023: "delistedAt" must come after/,
    ],
  ];
  for (const [act, message] of cases) assert.throws(act, message);
});

const volumes = fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { freq: 4 }), { minLength: 1, maxLength: 8 });
const histories = fc.tuple(volumes, volumes, volumes).map((columns) =>
  columns.map((own, i) => history(i, [1, ...own]))
);
const settings = fc.record({
  top: fc.integer({ min: 1, max: 3 }),
  lookbackDays: fc.integer({ min: 1, max: 4 }),
  every: fc.constantFrom("1d" as const, "7d" as const, "1M" as const),
  onLeave: fc.constantFrom("keep" as const, "close" as const),
});
const three = { markets: listed.slice(0, 3) };

/** What the ranking at the last boundary must have been, from the columns. */
function membersAt(
  candles: readonly CandleColumns[],
  { top, lookbackDays, every }: { top: number; lookbackDays: number; every: string },
  closeMs: number,
) {
  const boundary = barOpen(timeframe(every), closeMs as TimestampMs);
  const today = Math.floor(boundary / DAY_MS) * DAY_MS;
  const ranked = candles.map((own, i) => {
    let volume = 0;
    for (let row = 0; row < own.length; row++) {
      const openMs = own.openTimeMs[row]!;
      if (openMs >= today - lookbackDays * DAY_MS && openMs < today) volume += 10 * own.volume[row]!;
    }
    return { i, volume };
  }).filter(({ volume }) => volume > 0).sort((a, b) => b.volume - a.volume || a.i - b.i).slice(0, top);
  return candles.map((_, i) => ranked.some((own) => own.i === i) ? 1 : 0);
}

Deno.test("members are those of a plain computation from the columns, at every close, over 10,000 histories", () => {
  let changes = 0;
  fc.assert(
    fc.property(histories, settings, (candles, universe) => {
      let before = "";
      replayOf(specOf(universe, three), eager, candles, START_MS as TimestampMs, undefined, {
        decided({ state }, { closeTimeMs }) {
          const members = Array.from(state.universe!.members);
          assert.deepEqual(members, membersAt(candles, universe, closeTimeMs));
          if (`${members}` !== before) changes++;
          before = `${members}`;
          return true;
        },
      });
    }),
    { numRuns: 10_000 },
  );
  assert.ok(changes > 10_000, `${changes} changes`);
});

Deno.test("a universe written down and read back now and again goes on to the same bytes, and poison after a moment changes nothing before it, over 10,000 histories", () => {
  fc.assert(
    fc.property(histories, settings, fc.nat(), (candles, universe, at) => {
      const spec = specOf(universe, three);
      const whole = replayOf(spec, eager, candles, START_MS as TimestampMs);
      const split = replayOf(spec, eager, candles, START_MS as TimestampMs, undefined, restarts(2 + at % 5));
      assert.equal(saveTrader(split.trader), saveTrader(whole.trader));
      assert.deepEqual(split.closed, whole.closed);
      const times = candles.flatMap(({ openTimeMs }) => [...openTimeMs]), last = times[at % times.length]!;
      const poisoned = candles.map((own) => ({
        ...own,
        ...Object.fromEntries(
          VALUE_COLUMNS.map((name) => [name, own[name].map((value, i) => own.openTimeMs[i]! > last ? NaN : value)]),
        ),
      }));
      const until = { decided: (_: unknown, group: { closeTimeMs: number }) => group.closeTimeMs <= last };
      const clean = replayOf(spec, eager, candles, START_MS as TimestampMs, undefined, until);
      const poison = replayOf(spec, eager, poisoned, START_MS as TimestampMs, undefined, until);
      assert.equal(saveTrader(poison.trader), saveTrader(clean.trader));
    }),
    { numRuns: 10_000 },
  );
});
