import assert from "node:assert/strict";
import { defaultRules } from "../simulator/mod.ts";
import { type EntryOptions, percent, roi, trailingPercent } from "../strategies/mod.ts";
import { type Bar, runScript, told } from "../testing/scripted_run.ts";

const once = (options: EntryOptions, side: "buy" | "sell" = "buy") =>
(
  context: { buy(options: EntryOptions): void; sell(options: EntryOptions): void },
  candle: number,
) => {
  if (candle === 0) context[side](options);
};
const flat: Bar = [100, 100.5, 99.5, 100];

Deno.test("a target by age moves at the close by which its next step is reached, under the default rules (7 cases)", async () => {
  const table = roi({ 0: 0.1, 60: 0.02, 150: -1 });
  const cases: [name: string, side: "buy" | "sell", bars: Bar[], expected: string][] = [
    ["the first step in the candle of the entry", "buy", [[100, 111, 99, 105]], "long 100 → 110 target"],
    ["not the second one before its time", "buy", [[100, 103, 99, 100]], "long 100 open"],
    ["the second one an hour later", "buy", [[100, 103, 99, 100], [101, 103, 100, 101]], "long 100 → 102 target"],
    ["opens above it: at the open", "buy", [[100, 109, 99, 105], [105, 106, 104, 105]], "long 100 → 105 target"],
    ["a step inside a candle counts from the next one on", "buy", [flat, flat, [98, 99, 97, 98]], "long 100 open"],
    ["any price at last: at the open", "buy", [flat, flat, flat, [98, 99, 97, 98]], "long 100 → 98 target"],
    ["short", "sell", [[100, 101, 97, 100], [99, 99.5, 97.5, 99]], "short 100 → 98 target"],
  ];
  for (const [name, side, bars, expected] of cases) {
    assert.equal(told(await runScript(once({ target: table }, side), bars)), expected, name);
  }
});

Deno.test("a stop by age comes closer, too", async () => {
  const bars: Bar[] = [[100, 101, 96, 100], [100, 101, 97, 98]];
  assert.equal(told(await runScript(once({ stop: roi({ 0: 0.05, 60: 0.02 }) }), bars)), "long 100 → 98 stop");
});

Deno.test("a trailing stop with an activation waits for its profit and then follows closer, at closes (5 cases)", async () => {
  const stop = trailingPercent(10, { activation: 5, then: 2 });
  const cases: [name: string, options: EntryOptions, side: "buy" | "sell", bars: Bar[], expected: string][] = [
    ["below the activation it stays", { stop }, "buy", [[100, 104, 99, 103], [103, 103, 92, 92]], "long 100 open"],
    ["above it follows at 2 %", { stop }, "buy", [[100, 110, 99, 109], [109, 109, 107, 107]], "long 100 → 107.8 stop"],
    [
      "it never goes back",
      { stop },
      "buy",
      [[100, 110, 99, 109], [109, 109, 108.5, 109], [109, 109, 107, 107]],
      "long 100 → 107.8 stop",
    ],
    [
      "one that follows from the start",
      { stop: trailingPercent(10, { activation: 5, then: 2, before: "follows" }) },
      "buy",
      [[100, 104, 99, 103], [103, 103, 93, 94]],
      "long 100 → 93.6 stop",
    ],
    ["short", { stop }, "sell", [[100, 101, 90, 91], [91, 92, 91, 92]], "short 100 → 91.8 stop"],
  ];
  for (const [name, options, side, bars, expected] of cases) {
    assert.equal(told(await runScript(once(options, side), bars)), expected, name);
  }
});

Deno.test("each rule of its own does what it says, beside the default rules (9 cases)", async () => {
  const rules = (part: object) => ({ fillRules: { ...defaultRules, openGoesFirst: false, ...part } });
  const held: Bar = [100, 101, 99, 100];
  const cases: [name: string, part: object, options: EntryOptions, bars: Bar[], expected: string][] = [
    ["a stop jumped over: the open", {}, { stop: percent(5) }, [held, [94, 96, 93, 94]], "long 100 → 94 stop"],
    [
      "stopGap: its trigger",
      { stopGap: "own-price" },
      { stop: percent(5) },
      [held, [94, 96, 93, 94]],
      "long 100 → 95 stop",
    ],
    [
      "stopGap: the candle lies beyond",
      { stopGap: "own-price" },
      { stop: percent(5) },
      [held, [94, 94.5, 93, 94]],
      "long 100 → 94 stop",
    ],
    [
      "a target jumped over: the open",
      {},
      { target: percent(5) },
      [held, [107, 108, 104, 105]],
      "long 100 → 107 target",
    ],
    [
      "limitGap: its price",
      { limitGap: "own-price" },
      { target: percent(5) },
      [held, [107, 108, 104, 105]],
      "long 100 → 105 target",
    ],
    ["limitGap: the candle lies beyond", { limitGap: "own-price" }, { target: percent(5) }, [held, [
      107,
      108,
      106,
      107,
    ]], "long 100 → 106 target"],
    [
      "targetFill: a touch is not enough",
      { limitFill: "touch", limitGap: "own-price", targetFill: "through" },
      {
        target: percent(5),
      },
      [held, [104, 105, 103, 104]],
      "long 100 open",
    ],
    ["trailing: up first, then down", { trailing: "best-price-first" }, { stop: trailingPercent(5) }, [
      held,
      [101, 110, 101, 104],
    ], "long 100 → 104.5 trailing-stop"],
    [
      "atEnd: at the last open",
      { atEnd: "close-at-last-open" },
      {},
      [held, [101, 110, 101, 104]],
      "long 100 → 101 end",
    ],
  ];
  for (const [name, part, options, bars, expected] of cases) {
    assert.equal(told(await runScript(once(options), bars, rules(part))), expected, name);
  }
});
