// Orders that are on their way for a while, from a strategy to the trades of a run.
import assert from "node:assert/strict";
import { defaultRules, type FillRules } from "../simulator/mod.ts";
import { atPrice, limitAt } from "../strategies/mod.ts";
import { type Bar, HOUR_MS, runScript, type Script, told } from "../testing/scripted_run.ts";

const enter: Script = (context, candle) => {
  if (candle === 0) context.buy({ at: limitAt(95), target: atPrice(105) });
};
const rules = (latencyMs: number, path?: "nearest-extreme"): FillRules => ({
  ...defaultRules,
  id: "late",
  latencyMs: [latencyMs],
  ...(path === undefined ? {} : { path }),
});

Deno.test("a target that a candle reached before the entry of its own trade is not filled in it, at any latency (6 cases)", async () => {
  // On the path 100 → 105.5 → 94 → 96 the high comes first; without one nobody knows.
  const candle: Bar = [100, 105.5, 94, 96];
  for (const path of [undefined, "nearest-extreme"] as const) {
    for (const latencyMs of [0, 1_000, 60_000]) {
      const run = await runScript(enter, [candle], { fillRules: rules(latencyMs, path) });
      assert.equal(told(run), "long 95 open", `${latencyMs} ms, ${path}`);
    }
  }
});

Deno.test("on a path a trade says when in its candle it was opened and closed, and an ambiguous exit is found by it", async () => {
  // 100 → 94 → 106.5 → 104 is 21 long: 95 after 5 of them, 105 after 17. The stop at 94.5 comes between.
  const both: Script = (context, candle) => {
    if (candle === 0) context.buy({ at: limitAt(95), stop: atPrice(94.5), target: atPrice(105) });
  };
  const path = { fillRules: { ...defaultRules, id: "path", path: "nearest-extreme" as const } };
  const [won, lost] = await Promise.all([
    runScript(enter, [[100, 106.5, 94, 104]], path),
    runScript(both, [[
      100,
      106.5,
      94,
      104,
    ]], path),
  ]);
  const openMs = 2 * HOUR_MS;
  assert.deepEqual(
    [won!.trades[0]!.entryTimeMs, won!.trades[0]!.exitTimeMs],
    [openMs + Math.floor(HOUR_MS * 5 / 21), openMs + Math.floor(HOUR_MS * 17 / 21)],
  );
  const { timeMs, exitReason, exitPrice, enteredInCandle } = lost!.notes.ambiguousExits![0]!;
  assert.deepEqual([timeMs, exitReason, exitPrice, enteredInCandle], [openMs, "stop", 94.5, true]);
});
