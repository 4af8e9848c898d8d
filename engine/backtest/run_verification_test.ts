import assert from "node:assert/strict";
import { sma } from "../indicators/mod.ts";
import { type CandleColumns, instrument } from "../market/mod.ts";
import { close, crossesAbove, crossesBelow } from "../series/mod.ts";
import { defineStrategy, integer, type Strategy } from "../strategies/mod.ts";
import { plainHistory } from "../testing/random_history.ts";
import { parseRunSpec, runBacktest, type RunRecord, verifyRun } from "./mod.ts";

const market = { exchange: "test", symbol: "BTC/USDT" };
const candles = plainHistory(instrument(market), { seed: 11, length: 1_000 });

const cross = (exitLength: number): Strategy =>
  defineStrategy({
    id: "cross",
    params: { fast: integer({ default: 5, min: 2, max: 50 }) },
    rules: ({ fast }) => ({
      enter: crossesAbove(sma(close, fast), sma(close, 30)),
      exit: crossesBelow(sma(close, fast), sma(close, exitLength)),
    }),
  });

async function run(strategy: Strategy, history: CandleColumns, fast = 5): Promise<RunRecord> {
  const bound = strategy.bind({ fast });
  return await runBacktest(
    parseRunSpec({ strategy: "cross", params: bound.params, markets: [market], timeframe: "1h" }),
    bound,
    [history],
  );
}

const recorded = await run(cross(30), candles);

Deno.test("a run holds against itself", async () => {
  const found = verifyRun(recorded, await run(cross(30), candles));
  assert.deepEqual(found, { hash: recorded.manifest.run.hash, holds: true, inputs: [], moved: [] });
});

Deno.test("one candle changed: its market is named, and exactly the figures that differ are listed", async () => {
  const row = 700, changed = { ...candles, close: candles.close.with(row, candles.close[row]! * 1.0001) };
  const again = await run(cross(30), { ...changed, high: candles.high.with(row, candles.high[row]! * 1.001) });
  const { inputs, moved, holds } = verifyRun(recorded, again);
  assert.equal(holds, false);
  assert.deepEqual(inputs.map(({ what, instrument }) => [what, instrument]), [["candles", "test:BTC/USDT"]]);
  assert.match(inputs[0]!.message, /candles of test:BTC\/USDT are others now: values of them were changed/);
  const names = moved.flatMap(({ path }) => path.startsWith("metrics.") ? [path.slice(8)] : []).sort();
  const differing = Object.keys(recorded.metrics).filter((name) => recorded.metrics[name] !== again.metrics[name])
    .sort();
  assert.deepEqual(names, differing);
  const equity = moved.find(({ path }) => path === "equity.equity");
  const firstRow = recorded.equity.equity.findIndex((value, i) => value !== again.equity.equity[i]);
  assert.deepEqual(equity?.column?.firstRow ?? -1, firstRow);
});

Deno.test("one line of the strategy changed: the strategy is named, the candles are not", async () => {
  const { inputs, moved } = verifyRun(recorded, await run(cross(31), candles));
  assert.deepEqual(inputs.map(({ what }) => what), ["strategy"]);
  assert.ok(moved.some(({ path }) => path === "metrics.totalReturnFraction"));
});

Deno.test("an edited manifest is named, whatever it makes", async () => {
  const edited = { ...recorded, manifest: { ...recorded.manifest, params: { fast: 6 } } };
  const { inputs } = verifyRun(edited, await run(cross(30), candles, 6));
  assert.deepEqual(inputs.map(({ what }) => what), ["manifest", "strategy"]);
});

Deno.test("an edited figure is listed alone", async () => {
  const edited = { ...recorded, metrics: { ...recorded.metrics, sharpe: 9 } };
  const { inputs, moved } = verifyRun(edited, await run(cross(30), candles));
  assert.deepEqual([inputs, moved], [[], [{
    path: "metrics.sharpe",
    recorded: 9,
    recomputed: recorded.metrics.sharpe,
  }]]);
});
