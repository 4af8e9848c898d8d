// Expressions over columns: a kernel has the whole column at hand there, and may read more of it than its stream gets.
import type { CandleColumns } from "../../market/mod.ts";
import { evaluateColumns, type Series } from "../../series/mod.ts";
import { ColumnJudge } from "./column_leaks.ts";
import type { LeakFinding } from "./leak_report.ts";
import { reachText } from "./leak_text.ts";
import { placeOfLabel } from "./source_place.ts";
import type { StrategyRuns } from "./strategy_runs.ts";

/** Judges the column form of all parts of a strategy's expressions: sweeps and plots are made by it. */
export function expressionLeaks(
  { data, candles }: StrategyRuns,
  parts: readonly Series[],
  cuts: readonly number[],
): LeakFinding[] {
  const nodes = [...new Set(parts)].filter((node) => node.operation.kind !== "constant");
  const columnsOf = (own: CandleColumns, markets: Readonly<Record<string, CandleColumns>>) =>
    evaluateColumns(nodes, own, new Map(Object.entries(markets)));
  const base = columnsOf(data.given.candles, data.given.markets);
  const judge = new ColumnJudge(
    data,
    nodes.map((_, i) => ({ key: String(i), values: base[i]!.slice(), mayLookAhead: 0 })),
    (altered) => new Map(columnsOf(altered.candles, altered.markets).map((values, i) => [String(i), values])),
  );
  // The run may have begun later than the candles do.
  const begun = data.given.candles.openTimeMs.indexOf(candles.openTimeMs[0]!);
  judge.look(cuts.map((cut) => cut + begun));
  const leaks = judge.leaks(), leaking = new Set(leaks.map(({ key }) => nodes[Number(key)]!));
  return leaks.filter(({ key }) => isOrigin(nodes[Number(key)]!, leaking)).map((leak): LeakFinding => {
    const { label } = nodes[Number(leak.key)]!;
    return {
      kind: "expression",
      name: label,
      place: placeOfLabel(label),
      message:
        `the expression ${label} changes over columns with ${reachText(leak)}: its kernel reads rows that come after ` +
        "the one that it computes",
      fromRow: leak.fromRow,
      fromTimeMs: leak.evidence[0]!.decidedAtMs,
      lookAheadCandles: leak.lookAheadCandles,
      wholeHistory: leak.wholeHistory,
      evidence: leak.evidence,
    };
  });
}

/** True for a node that changes although nothing that it is made of does. */
export function isOrigin(node: Series, leaking: ReadonlySet<Series>): boolean {
  const passesOn = (inner: Series): boolean => leaking.has(inner) || inner.inputs.some(passesOn);
  return !node.inputs.some(passesOn);
}
