import assert from "node:assert/strict";
import { candleColumns, instrument } from "../market/mod.ts";
import { close, crossesAbove } from "../series/mod.ts";
import {
  atPrice,
  BaseStrategy,
  type DecisionContext,
  defineStrategy,
  type EntryOptions,
  limitAt,
  stopAt,
  type Strategy,
  type StrategyRules,
  trailingDistance,
  trailingPercent,
} from "../strategies/mod.ts";
import { timeframe, timestampMs } from "../time/mod.ts";
import { parseRunSpec, runBacktest, type RunRecord } from "./mod.ts";

const HOUR = 3_600_000;
const market = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear" });
type Bar = readonly [open: number, high: number, low: number, close: number];

/** Runs `decide` over flat candles at 100 followed by `bars`; it is asked on the last flat candle and on each after it. */
function run(
  decide: (context: DecisionContext, candle: number) => void,
  bars: readonly Bar[],
): Promise<RunRecord> {
  class Script extends BaseStrategy {
    readonly series = [];
    decide(context: DecisionContext): void {
      if (context.index >= 1) decide(context, context.index - 1);
    }
  }
  return runStrategy(defineStrategy({ id: "script", params: {}, create: () => new Script() }), bars);
}

function runRules(rules: StrategyRules, bars: readonly Bar[]): Promise<RunRecord> {
  return runStrategy(defineStrategy({ id: "script", params: {}, rules: () => rules }), bars);
}

function runStrategy(strategy: Strategy<Record<never, never>>, bars: readonly Bar[]): Promise<RunRecord> {
  const flat: Bar = [100, 100, 100, 100];
  const rows = [flat, flat, ...bars].map(([open, high, low, close], i) => (
    { openTimeMs: timestampMs(i * HOUR), open, high, low, close, volume: 1 }
  ));
  const spec = parseRunSpec({
    strategy: "script",
    markets: [{ exchange: "test", symbol: "BTC/USDT", kind: "linear" }],
    timeframe: "1h",
    costs: { makerBps: 0, takerBps: 0 },
    sizing: { kind: "units", units: 1 },
  });
  return runBacktest(spec, strategy.bind(), [candleColumns(market, timeframe("1h"), rows)]);
}

const once = (options: EntryOptions, side: "buy" | "sell" = "buy") => (context: DecisionContext, candle: number) => {
  if (candle === 0) context[side](options);
};
const told = ({ trades, notes }: RunRecord) =>
  [
    ...trades.map(({ side, entryPrice, exitPrice, exitReason }) =>
      `${side} ${entryPrice} → ${exitPrice} ${exitReason}`
    ),
    ...notes.openTrades.map(({ side, entryPrice }) => `${side} ${entryPrice} open`),
    ...(notes.ambiguousFills > 0 ? [`${notes.ambiguousFills} ambiguous`] : []),
  ].join(", ");

Deno.test("entries that wait fill where the candle lets them, and their stop is live in the rest of it (13 cases)", async () => {
  const protectedBy = { stop: atPrice(94), target: atPrice(110) };
  const low = { ...protectedBy, at: limitAt(97) };
  const high = { stop: atPrice(98), target: atPrice(110), at: stopAt(104) };
  const cases: [name: string, options: EntryOptions, side: "buy" | "sell", bar: Bar, expected: string][] = [
    ["traded through: at the limit", low, "buy", [100, 101, 96, 98], "long 97 open"],
    ["only touched: no fill", low, "buy", [100, 101, 97, 98], ""],
    ["opens below: at the open", low, "buy", [95, 96, 94.5, 95], "long 95 open"],
    [
      "falls on to the stop and closes above: ambiguous, the stop",
      low,
      "buy",
      [100, 101, 93, 98],
      "long 97 → 94 stop, 1 ambiguous",
    ],
    ["closes below the stop: certain", low, "buy", [100, 101, 90, 92], "long 97 → 94 stop"],
    ["the target after an entry inside waits for the next candle", low, "buy", [100, 112, 96, 111], "long 97 open"],
    ["a trigger that trades: at the trigger", high, "buy", [100, 106, 99, 105], "long 104 open"],
    ["not reached: no fill", high, "buy", [100, 103, 99, 101], ""],
    ["jumps over the trigger: at the open", high, "buy", [106, 108, 105, 107], "long 106 open"],
    [
      "falls to the stop, before or after: taken for after",
      high,
      "buy",
      [100, 106, 97, 105],
      "long 104 → 98 stop, 1 ambiguous",
    ],
    ["short at a limit", { at: limitAt(103) }, "sell", [100, 104, 99, 100], "short 103 open"],
    ["short at a stop", { at: stopAt(97) }, "sell", [100, 101, 96, 98], "short 97 open"],
    [
      "short at a stop, stopped",
      { at: stopAt(97), stop: atPrice(102) },
      "sell",
      [100, 103, 96, 98],
      "short 97 → 102 stop, 1 ambiguous",
    ],
  ];
  for (const [name, options, side, bar, expected] of cases) {
    assert.equal(told(await run(once(options, side), [bar])), expected, name);
  }
});

Deno.test("an entry that waits stays until it fills, is taken back, or an exit is asked for", async () => {
  const far: Bar = [100, 101, 99, 100], near: Bar = [100, 101, 96, 97];
  const enter = once({ at: limitAt(97) });
  assert.equal(told(await run(enter, [far, far, near])), "long 97 open");
  const withdrawn = (context: DecisionContext, candle: number) =>
    candle === 1 ? context.withdraw() : enter(context, candle);
  assert.equal(told(await run(withdrawn, [far, far, near])), "");
  const exited = (context: DecisionContext, candle: number) => candle === 1 ? context.exit() : enter(context, candle);
  assert.equal(told(await run(exited, [far, far, near])), "");
  const replaced = (context: DecisionContext, candle: number) => {
    enter(context, candle);
    if (candle !== 1) return;
    context.withdraw();
    context.buy({ at: limitAt(96.5) });
  };
  assert.equal(told(await run(replaced, [far, far, near])), "long 96.5 open");
});

Deno.test("a stop that is moved, a target that is added and one that is taken away act from the next candle on", async () => {
  const script =
    (moves: Record<number, Parameters<DecisionContext["protect"]>[0]>, options: EntryOptions = {}) =>
    (context: DecisionContext, candle: number) => {
      if (candle === 0) context.buy(options);
      if (moves[candle]) context.protect(moves[candle]);
    };
  const up: Bar = [105, 106, 104, 105], dip: Bar = [105, 105, 99, 104];
  assert.equal(
    told(await run(script({ 1: { stop: atPrice(103) } }, { stop: atPrice(95) }), [up, dip])),
    "long 105 → 103 stop",
  );
  assert.equal(
    told(await run(script({ 1: { target: atPrice(107) } }), [up, [105, 108, 105, 105]])),
    "long 105 → 107 target",
  );
  assert.equal(told(await run(script({ 1: { stop: null } }, { stop: atPrice(103) }), [up, dip])), "long 105 open");
  assert.equal(
    told(await run(script({ 0: { stop: atPrice(103) } }), [up, dip])),
    "long 105 open",
    "there is no position yet",
  );
});

Deno.test("a trailing stop follows the best price after the entry when candles close, and never goes back (6 cases)", async () => {
  const trailing = { stop: trailingPercent(10) };
  const cases: [name: string, options: EntryOptions, side: "buy" | "sell", bars: Bar[], expected: string][] = [
    [
      "10 % below the high of the candle before",
      trailing,
      "buy",
      [[100, 110, 95, 105], [105, 105, 98, 100]],
      "long 100 → 99 stop",
    ],
    ["the high of a candle moves it only for the next one", trailing, "buy", [[100, 120, 95, 105]], "long 100 open"],
    [
      "a lower high leaves it where it is",
      trailing,
      "buy",
      [[100, 120, 99, 119], [119, 119, 110, 111], [111, 112, 107, 108]],
      "long 100 → 108 stop",
    ],
    ["of the candle in which a waiting entry filled only the close counts", { ...trailing, at: limitAt(97) }, "buy", [
      [110, 120, 96, 98],
      [98, 98, 89, 90],
    ], "long 97 open"],
    ["short: above the low", trailing, "sell", [[100, 101, 80, 82], [82, 89, 82, 85]], "short 100 → 88 stop"],
    [
      "at a distance",
      { stop: trailingDistance(5) },
      "buy",
      [[100, 107, 99, 106], [106, 106, 101, 103]],
      "long 100 → 102 stop",
    ],
  ];
  for (const [name, options, side, bars, expected] of cases) {
    assert.equal(told(await run(once(options, side), bars)), expected, name);
  }
});

Deno.test("a rule's entry waits at its series' value for as many candles as it says, and is asked for again by the next signal", async () => {
  const jump: Bar = [100, 106, 100, 105], flat: Bar = [105, 106, 101, 104], dip: Bar = [104, 104, 96, 103];
  const rules = (validFor?: number) => ({
    enter: crossesAbove(close, 104.5),
    at: limitAt(close.sub(6), validFor === undefined ? {} : { validFor }), // 99
  });
  assert.equal(told(await runRules(rules(), [jump, flat, flat, dip])), "long 99 open");
  assert.equal(told(await runRules(rules(3), [jump, flat, flat, dip])), "long 99 open", "the third candle");
  assert.equal(told(await runRules(rules(2), [jump, flat, flat, dip])), "", "the third candle is too late");
  assert.equal(told(await runRules(rules(2), [jump, flat, flat, jump, dip])), "long 99 open", "asked for again");
  assert.equal(
    told(await runRules({ ...rules(), exit: close.lt(104.5) }, [jump, flat, dip])),
    "",
    "an exit takes it back",
  );
  assert.throws(() => limitAt(close, { validFor: 0 }), /0 candles: use a whole number/);
});

Deno.test("an entry at a price that is not above zero is refused where it is written", () => {
  for (const price of [0, -1, NaN, Infinity]) {
    assert.throws(() => limitAt(price), /limit of .*above 0/);
    assert.throws(() => stopAt(price), /stop of .*above 0/);
  }
});
