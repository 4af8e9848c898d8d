import assert from "node:assert/strict";
import fc from "fast-check";
import { plainRules } from "./plain_rules.ts";
import { signalSeries } from "./column_signals.ts";
import { sma } from "../../indicators/mod.ts";
import { candleColumns, instrument } from "../../market/mod.ts";
import { randomRules, ruleRecipes } from "../../testing/random_rules.ts";
import { timeframe, type TimestampMs } from "../../time/mod.ts";
import {
  close,
  crossesAbove,
  crossesBelow,
  evaluateColumns,
  open,
  type Series,
  SweepEvaluator,
  volume,
} from "../../series/mod.ts";

/** The rows in which a column is 1, as the plain evaluator has them. */
const onesOf = (values: Float64Array) => Array.from(values, (value) => value === 1);

function bitsOf(bits: Int32Array, rows: number): boolean[] {
  return Array.from({ length: rows }, (_, row) => (bits[row >>> 5]! >>> (row & 31) & 1) === 1);
}

function assertSame(nodes: readonly Series[], candles: Parameters<typeof evaluateColumns>[1]): void {
  for (const plain of [false, true]) {
    const truths = new SweepEvaluator(candles, undefined, { plain }).truths(nodes);
    evaluateColumns(nodes, candles).forEach((values, i) => {
      assert.deepEqual(bitsOf(truths[i]!, candles.length), onesOf(values), nodes[i]!.label);
      assert.equal(truths[i]!.length, Math.ceil(candles.length / 32));
    });
  }
}

Deno.test("rules of a sweep fire where columns have a 1, for random rules and candles", () => {
  const property = fc.property(ruleRecipes, (recipe) => {
    const { strategies, candles } = randomRules(recipe);
    const nodes = strategies.flatMap((strategy) => {
      const rules = plainRules(strategy);
      assert.ok(typeof rules === "object");
      return signalSeries(rules);
    });
    assertSame(nodes, candles);
    const evaluator = new SweepEvaluator(candles), [values] = evaluateColumns([nodes[0]!], candles);
    for (let row = 0; row < candles.length; row++) {
      assert.ok(Object.is(evaluator.valueAt(nodes[0]!, row), values![row]!));
    }
  });
  fc.assert(property, { numRuns: 1_000 });
});

/** Closes whose averages differ in float32, or hardly, or not at all; are equal for long; are the least there are; are 0 and −0. */
const SCALES: readonly ((close: number, row: number) => number)[] = [
  (close) => close,
  (close) => 1e6 + close * 1e-3,
  (close) => 1e6 + close * 1e-9,
  (close) => Math.round(close / 20),
  (close) => close * 1e-43,
  (_, row) => row % 200 === 0 ? -5e-324 : 0,
];

Deno.test("averages that are computed window by window fire rules in the same rows", () => {
  const lengths = fc.uniqueArray(fc.integer({ min: 1, max: 1_500 }), { minLength: 2, maxLength: 5 });
  const recipe = fc.record({
    seed: fc.nat(1e6),
    fast: lengths,
    slow: lengths,
    wanted: fc.integer({ min: 100, max: 5_000 }),
    words: fc.integer({ min: 2, max: 100 }),
    scaled: fc.constantFrom(...SCALES),
  });
  const property = fc.property(recipe, ({ seed, fast, slow, wanted, words, scaled }) => {
    const made = randomRules({ seed, candles: wanted, rough: false }).candles, rows = made.length;
    const candles = { ...made, close: made.close.map(scaled) };
    const nodes = fast.flatMap((short) =>
      slow.flatMap((long) => {
        const a = sma(close, short), b = sma(close, long);
        return [a.gt(b), a.lte(b), crossesAbove(a, b), crossesBelow(a, b)];
      })
    );
    const evaluator = new SweepEvaluator(candles, undefined, { keptBytes: 0, cachedBytes: 0 });
    const { bits, fill } = evaluator.window(nodes, words), ones = evaluateColumns(nodes, candles).map(onesOf);
    for (let first = 0; first * 32 < rows; first += words - 1) {
      fill(first);
      const from = first * 32, shown = Math.min(32 * words, rows - from);
      // A crossing in the first row of a window needs the row before it.
      ones.forEach((own, i) =>
        assert.deepEqual(bitsOf(bits[i]!, shown).slice(1), own.slice(from + 1, from + shown), nodes[i]!.label)
      );
    }
  });
  fc.assert(property, { numRuns: 150 });
});

Deno.test("a rule over values beyond all numbers fires as columns do", () => {
  const market = instrument({ exchange: "test", symbol: "BTC/USDT" }), flat = { open: 1, high: 1, low: 1, close: 1 };
  const candles = candleColumns(
    market,
    timeframe("1h"),
    [5, Infinity, NaN, 3, 4, 2, 7].map((volume, i) => ({ ...flat, volume, openTimeMs: i * 3_600_000 as TimestampMs })),
  );
  const level = sma(volume, 2);
  assertSame([
    volume.gt(level),
    volume.gt(4),
    volume.gte(volume),
    crossesAbove(volume, 3.5),
    level.lte(volume).and(close.eq(open)),
  ], candles);
});

Deno.test("columns that later rules do not need are computed again when they are asked for after all", () => {
  const { candles } = randomRules({ seed: 5, candles: 80, rough: false });
  const evaluator = new SweepEvaluator(candles, undefined, { keptBytes: 0 });
  const nodes = [3, 5, 8, 3].map((length) => close.gt(sma(close, length)));
  for (const node of nodes) {
    assert.deepEqual(
      bitsOf(evaluator.truths([node])[0]!, candles.length),
      onesOf(evaluateColumns([node], candles)[0]!),
    );
  }
});
