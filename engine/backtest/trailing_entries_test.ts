// Entries at a trigger that follows the market, and stops at average true ranges: small worked examples of one unit.
import assert from "node:assert/strict";
import { defaultRules } from "../simulator/mod.ts";
import { atr } from "../indicators/mod.ts";
import { close } from "../series/mod.ts";
import {
  BaseStrategy,
  type DecisionContext,
  defineStrategy,
  type EntryOptions,
  percent,
  stopLimit,
  trailingAtr,
  trailingDistance,
  trailingPercent,
} from "../strategies/mod.ts";
import { type Bar, runRules, runScript, runStrategy, type Script, told } from "../testing/scripted_run.ts";

const once = (options: EntryOptions, side: "buy" | "sell" = "buy"): Script => (context, candle) => {
  if (candle === 0) context[side](options);
};
const onPath = { fillRules: { ...defaultRules, id: "path", path: "nearest-extreme" } } as const;

Deno.test("a trailing entry follows the market away from it, and is reached when it comes back (8 cases)", async () => {
  const cases: [string, EntryOptions, "buy" | "sell", Bar[], string, (typeof onPath)?][] = [
    [
      "at its distance from the close of the decision",
      { at: trailingPercent(5) },
      "buy",
      [[100, 105, 99, 103]],
      "long 105 open",
    ],
    [
      "follows the lowest price at the close",
      { at: trailingPercent(5) },
      "buy",
      [[100, 100, 90, 92], [92, 95, 92, 95]],
      "long 94.5 open",
    ],
    [
      "not within the candle of that price",
      { at: trailingPercent(5) },
      "buy",
      [[100, 100, 90, 96], [96, 96, 96, 96]],
      "long 96 open",
    ],
    [
      "never moves back",
      { at: trailingDistance(4) },
      "buy",
      [[100, 100, 90, 91], [91, 93, 91, 93], [93, 94, 92, 94]],
      "long 94 open",
    ],
    [
      "opens beyond: at the open",
      { at: trailingDistance(4) },
      "buy",
      [[100, 100, 90, 91], [97, 98, 96, 97]],
      "long 97 open",
    ],
    ["a sale below the highest price", { at: trailingPercent(10) }, "sell", [[100, 120, 100, 118], [
      118,
      119,
      107,
      110,
    ]], "short 108 open"],
    [
      "on a path it follows on the way",
      { at: trailingPercent(5) },
      "buy",
      [[100, 111, 90, 96]],
      "long 94.5 open",
      onPath,
    ],
    [
      "closer once it has moved so far",
      { at: trailingPercent(5, { activation: 8, then: 2 }) },
      "buy",
      [[100, 100, 93, 94], [94, 96, 90, 91], [91, 92, 91, 92]],
      "long 91.8 open",
    ],
  ];
  for (const [name, options, side, bars, expected, part] of cases) {
    assert.equal(told(await runScript(once(options, side), bars, part)), expected, name);
  }
});

Deno.test("a trailing entry keeps its reason, its protection counts from the fill, and amending it anew starts from the market", async () => {
  const bars: Bar[] = [[100, 100, 90, 92], [92, 95, 92, 95], [95, 95, 84, 86]];
  const run = await runScript(once({ at: trailingPercent(5), stop: percent(10), reason: "turn" }), bars);
  assert.equal(told(run), "long 94.5 → 85.05 stop");
  assert.equal(run.trades[0]!.entryReason, "turn");
  const moved: Script = (context, candle) => {
    if (candle === 0) context.buy({ at: trailingPercent(5) });
    if (candle === 1) context.amend({ at: trailingPercent(5) }); // the same: it stays
    if (candle === 2) context.amend({ at: trailingPercent(1) }); // 95.95 of a close at 95
  };
  const slow: Bar[] = [[100, 100, 90, 94], [94, 94.6, 94, 94.4]];
  assert.equal(told(await runScript(moved, slow)), "long 94.5 open");
  const later: Bar[] = [[100, 100, 91, 95], [95, 95, 95, 95], [95, 95.96, 95, 95.9]];
  assert.equal(told(await runScript(moved, later)), "long 95.95 open");
  await assert.rejects(
    runScript(once({ at: stopLimit(trailingPercent(5), percent(1)) as never }), [[100, 100, 100, 100]]),
    /an entry that trails goes to the market/,
  );
});

/** Ranges of 10 until candle 3, of 2 afterwards; the average over one candle is the range. */
const wide: Bar[] = [[100, 105, 95, 100], [100, 110, 100, 110], [110, 120, 110, 120], [120, 121, 119, 121]];

Deno.test("a stop at average true ranges follows the best price by the average of each close, and never moves back", async () => {
  const rules = { enter: close.gt(0), stop: trailingAtr(2, 1) };
  // Flat candles have a range of 0: no distance, no entry. Decided at 100 with a range of 10; entered at 100: stop 80.
  assert.equal(told(await runRules(rules, [wide[0]!, [100, 100, 79, 90]])), "long 100 → 80 stop");
  // At 120, less 20 of a range of 10; at 121 less 4 of one of 2.
  assert.equal(told(await runRules(rules, [...wide.slice(0, 3), [118, 119, 99, 110]])), "long 100 → 100 stop");
  assert.equal(told(await runRules(rules, [...wide, [120, 120, 116, 117]])), "long 100 → 117 stop");
  // A range of 30 afterwards asks for 150 − 60, and the stop stays where it was.
  const wider: Bar[] = [...wide, [121, 150, 120, 148], [148, 148, 116, 118]];
  assert.equal(told(await runRules(rules, wider)), "long 100 → 117 stop");
});

Deno.test("a strategy class names the average that its stop or entry follows", async () => {
  class Follows extends BaseStrategy {
    constructor(readonly series: typeof BaseStrategy.prototype.series, readonly options: EntryOptions) {
      super();
    }
    decide(context: DecisionContext): void {
      if (context.index === 2) context.buy(this.options);
    }
  }
  const strategy = (series: Follows["series"], options: EntryOptions) =>
    defineStrategy({ id: "script", params: {}, create: () => new Follows(series, options) });
  const stop = { stop: trailingAtr(2, 1) }, entry = { at: trailingAtr(0.5, 1) };
  assert.equal(
    told(await runStrategy(strategy([atr(1)], stop), [...wide, [120, 120, 116, 117]])),
    "long 100 → 117 stop",
  );
  // Half of a range of 10 above 100.
  assert.equal(told(await runStrategy(strategy([close, atr(1)], entry), [wide[0]!, wide[1]!])), "long 105 open");
  await assert.rejects(
    runStrategy(strategy([close], stop), wide),
    /trailingAtr\(2, 1\) follows the average true range: name atr\(1\) among the strategy's series/,
  );
  assert.throws(() => trailingAtr(0), /use numbers above 0/);
  assert.throws(() => trailingAtr(2, 1.5), /use numbers above 0/);
});

Deno.test("an average that is not known yet makes no entry", async () => {
  const rules = { enter: close.gt(0), stop: trailingAtr(2, 30) };
  assert.equal(told(await runRules(rules, wide)), "");
  const unknown: Script = (context, candle) => {
    if (candle === 0) {
      context.request({
        kind: "enter",
        side: "buy",
        at: trailingDistance(NaN),
        sizing: null,
        stop: null,
        target: null,
        reason: "x",
      });
    }
  };
  assert.equal((await runScript(unknown, wide)).notes.funnel["refused:no-entry-price"], 1);
});
