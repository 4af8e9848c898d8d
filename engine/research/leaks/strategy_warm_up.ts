// How many candles a strategy's expressions and decisions need, beside what the engine declares.
import type { Series } from "../../series/mod.ts";
import { decisionDifferences, nameOf } from "./decision_difference.ts";
import type { WarmUp } from "./leak_report.ts";
import type { StrategyRuns } from "./strategy_runs.ts";
import { beginnings } from "./warm_up.ts";

/** As in a column: a value that is nearer than this share of itself is the same. */
const TOLERANCE = 1e-5, UNSETTLED_SHARE = 0.02;

/** @param parts The series of the run's values, in their order. */
export function strategyWarmUp(runs: StrategyRuns, parts: readonly Series[]): WarmUp[] {
  const { candles, base } = runs, { timeframe, openTimeMs, length } = candles;
  const last = new Map<string, number | null>();
  for (const first of beginnings(length)) {
    const rowOf = new Map(Array.from(openTimeMs.subarray(first), (at, row) => [at, row]));
    for (const { by, openTimeMs: at } of decisionDifferences(base.books, runs.begunAt(first).books, TOLERANCE)) {
      const row = rowOf.get(at)!, name = by.kind === "expression" ? nameOf(by) : "decision", known = last.get(name);
      const unsettled = known === null || row >= (length - first) * (1 - UNSETTLED_SHARE);
      last.set(name, unsettled ? null : Math.max(known ?? 0, row + 1));
    }
  }
  const of = (name: string) => last.has(name) ? last.get(name)! : 0;
  const seen = new Set<Series>();
  const expressions = parts.flatMap((node, index): WarmUp[] => {
    const { kind } = node.operation;
    if (seen.has(node) || kind === "constant" || kind === "candle" || kind === "close-time") return [];
    seen.add(node);
    const declared = node.warmUpOn(timeframe);
    return [{ kind: "expression", name: node.label, candles: of(nameOf({ kind: "expression", index })), declared }];
  });
  const declared = base.bound.series.reduce((most, node) => Math.max(most, node.warmUpOn(timeframe)), 0);
  return [...expressions, { kind: "decision", name: base.bound.id, candles: of("decision"), declared }];
}
