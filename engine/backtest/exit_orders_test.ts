import assert from "node:assert/strict";
import { atPrice, type DecisionContext, limitAt } from "../strategies/mod.ts";
import { type Bar, runScript, type Script, told } from "../testing/scripted_run.ts";

const up: Bar = [105, 106, 104, 105];

/** Buys at 105 with a stop and a target, and then does what is said for a candle. */
const bought = (steps: Record<number, (context: DecisionContext) => void>): Script => (context, candle) => {
  if (candle === 0) context.buy({ stop: atPrice(95), target: atPrice(120) });
  steps[candle]?.(context);
};

Deno.test("an exit at a limit waits beside stop and target until one of them closes the position (7 cases)", async () => {
  const at108 = (context: DecisionContext) => context.exit({ at: limitAt(108), reason: "roi" });
  const cases: [name: string, script: Script, bars: Bar[], expected: string][] = [
    [
      "traded through: at the limit, with its reason",
      bought({ 1: at108 }),
      [up, [105, 109, 104, 105]],
      "long 105 → 108 roi",
    ],
    ["only touched: it waits on", bought({ 1: at108 }), [up, [105, 108, 104, 105]], "long 105 open"],
    ["opens above: at the open", bought({ 1: at108 }), [up, [110, 111, 109, 110]], "long 105 → 110 roi"],
    ["the stop stays", bought({ 1: at108 }), [up, [105, 106, 94, 95], up], "long 105 → 95 stop"],
    [
      "both inside: the stop, and it is said",
      bought({ 1: at108 }),
      [up, [105, 109, 94, 95]],
      "long 105 → 95 stop, 1 ambiguous",
    ],
    [
      "moved by the next exit",
      bought({ 1: at108, 2: (context) => context.exit({ at: limitAt(106.5), reason: "lower" }) }),
      [up, up, [105, 107, 104, 105]],
      "long 105 → 106.5 lower",
    ],
    ["overtaken by an exit at the market", bought({ 1: at108, 2: (context) => context.exit() }), [up, up, [
      105,
      109,
      104,
      105,
    ]], "long 105 → 105 exit"],
  ];
  for (const [name, script, bars, expected] of cases) assert.equal(told(await runScript(script, bars)), expected, name);
});

Deno.test("asked for again at the same price, an exit that waits keeps its order", async () => {
  const script: Script = (context, candle) => {
    if (candle === 0) context.buy({});
    if (candle >= 1) context.exit({ at: limitAt(108) });
  };
  const { notes } = await runScript(script, [up, up, up, up]);
  assert.equal(notes.funnel["orders:reduce"], 1);
});
