import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../errors/mod.ts";
import { type RandomRules, randomRules, type RuleRecipe, ruleRecipes } from "../../testing/random_rules.ts";
import { usedCandles } from "../used_candles.ts";
import { ColumnRunner, type ColumnTrade } from "./column_runner.ts";
import type { ColumnTerms } from "./column_terms.ts";
import { type EventTrial, eventTrial, type TrialCandles } from "./event_trial.ts";
import { type PlainRules, plainRules } from "./plain_rules.ts";
import { plainTerms } from "./plain_spec.ts";
import { TRIAL_METRICS, type TrialMetrics } from "./trial_metrics.ts";

/** `CRYPTO_TRADER_COLUMN_RUNS=100000` in the environment draws more, `CRYPTO_TRADER_COLUMN_SEED` others. */
const RUNS = Number(Deno.env.get("CRYPTO_TRADER_COLUMN_RUNS") ?? 500);
const SEED = Number(Deno.env.get("CRYPTO_TRADER_COLUMN_SEED") ?? 20_261_126);
const seen = { trials: 0, byEvents: 0, trades: 0, stops: 0, targets: 0, shorts: 0 };

function assertSameTrades(own: readonly ColumnTrade[], { trades, openTrades }: EventTrial, made: RandomRules): void {
  const times = made.candles.openTimeMs;
  const rows = own.map(({ entryRow, exitRow, ...rest }) => ({
    entryTimeMs: times[entryRow],
    ...(exitRow < 0 ? {} : { exitTimeMs: times[exitRow] }),
    ...rest,
  }));
  const fields = ["side", "entryTimeMs", "exitTimeMs", "quantity", "entryPrice", "exitPrice", "fees", "pnl"] as const;
  const reasons = ["entryReason", "exitReason"] as const;
  assert.deepEqual(
    rows.filter((row) => "exitTimeMs" in row).map((row) => [...fields, ...reasons].map((name) => row[name])),
    trades.map((trade) => [...fields, ...reasons].map((name) => trade[name])),
  );
  const openFields = ["side", "entryTimeMs", "quantity", "entryPrice", "fees", "entryReason"] as const;
  assert.deepEqual(
    rows.filter((row) => !("exitTimeMs" in row)).map((row) => openFields.map((name) => row[name])),
    openTrades.map((trade) => openFields.map((name) => trade[name])),
  );
}

function assertSameMetrics(own: TrialMetrics, other: TrialMetrics): void {
  for (const name of [...TRIAL_METRICS, "barSharpe"] as const) {
    const a = own[name]!, b = other[name]!;
    if (a === null || b === null) assert.equal(a, b, name);
    else assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)), `${name}: ${a} and ${b}`);
  }
}

/** Null where a market's own rules refuse the run. */
function eventOrNone(...given: Parameters<typeof eventTrial>): EventTrial | null {
  try {
    return eventTrial(...given);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return null;
  }
}

/** The plain forms of the kernels, in both moneys, over many trials at once. */
function assertSameWithoutKernels(
  candles: TrialCandles,
  terms: ColumnTerms,
  rules: readonly PlainRules[],
  exact: readonly (TrialMetrics | null)[],
): void {
  assert.deepEqual(new ColumnRunner(candles, terms, "exact", true, { plain: true }).run(rules), exact);
  // Windows of one word: Σ over all closes are added up in other parts.
  new ColumnRunner(candles, terms, "exact", true, { windowWords: 1 }).run(rules).forEach((own, i) => {
    assert.equal(own === null, exact[i] === null);
    if (own !== null) assertSameMetrics(own, exact[i]!);
  });
  for (const windowWords of [1, 4, 64]) {
    const unrounded = (plain: boolean) =>
      new ColumnRunner(candles, terms, "unrounded", true, { plain, windowWords }).run(rules);
    assert.deepEqual(unrounded(false), unrounded(true));
  }
}

function check(recipe: RuleRecipe): void {
  const made = randomRules(recipe), { spec, strategies } = made;
  const { used, tradeFromMs } = usedCandles(spec, strategies[0]!, [made.candles]);
  const candles = { used, tradeFromMs }, terms = plainTerms(spec);
  assert.ok(typeof terms === "object", String(terms));
  const runner = new ColumnRunner(candles, terms, "exact", true);
  const rules = strategies.map((strategy) => {
    const own = plainRules(strategy);
    assert.ok(typeof own === "object", String(own));
    return own;
  });
  const metrics = runner.run(rules);
  assertSameWithoutKernels(candles, terms, rules, metrics);
  strategies.forEach((strategy, i) => {
    const trades = runner.trades(rules[i]!), event = eventOrNone(spec, strategy, candles, true);
    seen.trials++;
    assert.ok(trades !== null || metrics[i] === null);
    assert.ok(event !== null || trades === null, "a run that the event path refuses is none of the columns'");
    if (event === null) return;
    if (trades === null || metrics[i] === null) {
      seen.byEvents++;
      return;
    }
    assertSameTrades(trades, event, { ...made, candles: used[0]! });
    assertSameMetrics(metrics[i]!, event.metrics);
    seen.trades += trades.length;
    seen.stops += trades.filter(({ exitReason }) => exitReason === "stop").length;
    seen.targets += trades.filter(({ exitReason }) => exitReason === "target").length;
    seen.shorts += trades.filter(({ side }) => side === "short").length;
  });
}

Deno.test(`columns trade as the event path does, to the last digit (${3 * RUNS} random trials)`, () => {
  fc.assert(fc.property(ruleRecipes, check), { numRuns: RUNS, seed: SEED });
  // A property that nothing happens in would prove nothing.
  assert.ok(seen.byEvents < seen.trials * 0.1, JSON.stringify(seen));
  assert.ok(Math.min(seen.stops, seen.targets, seen.shorts) > seen.trials / 10, JSON.stringify(seen));
});
