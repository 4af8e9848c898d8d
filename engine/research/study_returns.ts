import { ColumnRunner, eventTrial, plainRules, plainTerms } from "../backtest/mod.ts";
import type { Study } from "./study.ts";
import type { SweepInput } from "./sweep.ts";

/** Trials that are traded together. */
const BATCH = 256;

/**
 * Daily returns of all trials of a study, one column each over the same days: they are traded once more, as figures are
 * all that a study keeps. A trial that lost everything goes on with nothing.
 */
export function studyReturns(
  { spec, money, trials }: Pick<Study, "spec" | "money" | "trials">,
  { points, candles }: SweepInput,
): Float64Array[] {
  const terms = plainTerms(spec, money), byIndex = new Map(points.map((point) => [point.index, point]));
  const runner = typeof terms === "string" ? null : new ColumnRunner(candles, terms, money);
  const returns: Float64Array[] = [];
  for (let at = 0; at < trials.length; at += BATCH) {
    const strategies = trials.slice(at, at + BATCH).map(({ index }) => byIndex.get(index)!.strategy);
    const rules = strategies.map((strategy) => runner === null ? "" : plainRules(strategy));
    const columns = runner?.returns(rules.filter((own) => typeof own !== "string")) ?? [];
    let next = 0;
    for (const [i, strategy] of strategies.entries()) {
      const own = typeof rules[i] === "string" ? null : columns[next++]!;
      returns.push(own ?? eventTrial(spec, strategy, candles).returns);
    }
  }
  runner?.release();
  return sameLength(returns);
}

function sameLength(returns: Float64Array[]): Float64Array[] {
  const days = returns.reduce((most, { length }) => Math.max(most, length), 0);
  return returns.map((column) => {
    if (column.length === days) return column;
    const whole = new Float64Array(days);
    whole.set(column);
    return whole;
  });
}
