// Finished runs in a few lines for people.
import type { RunRecord } from "../engine/backtest/mod.ts";
import { funnelRows, runContributions, strategyTitle } from "../engine/metrics/mod.ts";
import { percent, plain } from "./figure_text.ts";
import { table } from "./output.ts";

/** The columns of {@linkcode runsTable}, with the figure that each shows. */
const COLUMNS: readonly (readonly [title: string, show: (metrics: RunRecord["metrics"]) => string])[] = [
  ["return", (m) => percent(m.totalReturnFraction)],
  ["a year", (m) => percent(m.cagrFraction)],
  ["Sharpe", (m) => plain(m.sharpe)],
  ["Sortino", (m) => plain(m.sortino)],
  ["max drawdown", (m) => percent(m.maxDrawdownFraction)],
  ["in market", (m) => percent(m.exposureTimeFraction)],
  ["trades", (m) => String(m.tradeCount ?? 0)],
  ["win rate", (m) => percent(m.winRateFraction)],
  ["fees", (m) => plain(m.feesQuote)],
];

/** One line a run. */
export function runsTable(runs: readonly RunRecord[]): string {
  return table(
    ["strategy", "market", "timeframe", ...COLUMNS.map(([title]) => title), "run"],
    runs.map(({ manifest, metrics }) => [
      strategyTitle(manifest),
      manifest.markets.map(({ symbol }) => symbol).join(" "),
      manifest.timeframe,
      ...COLUMNS.map(([, show]) => show(metrics)),
      manifest.run.hash.slice(0, 10),
    ]),
  );
}

/** From signals to fills, a line for each stage at which something happened. */
function funnelText({ notes: { funnel } }: RunRecord): string {
  const rows = funnelRows(funnel), stages = [...new Set(rows.map(({ stage }) => stage))];
  const what = (stage: string) =>
    rows.filter((row) => row.stage === stage).map(({ count, label }) => `${count} ${label}`);
  return `\n${table(["stage", "what happened"], stages.map((stage) => [stage, what(stage).join(", ")]))}\n`;
}

/** A run with what its reader should know. */
export function runSummary(run: RunRecord): string {
  return [
    runsTable([run]),
    ...contributionTables(run),
    funnelText(run),
    ...run.notes.warnings.map((warning) => `· ${warning}`),
  ].join("\n");
}

/** What each market and each strategy had in the result, where there are several. */
function contributionTables(run: RunRecord): string[] {
  const parts = runContributions(run);
  if (parts === null) return [];
  return ([["market", parts.byMarket], ["strategy", parts.byStrategy]] as const)
    .filter(([, rows]) => rows.length > 1)
    .map(([name, rows]) =>
      "\n" + table(
        [name, "trades", "profit", "of return", "of risk"],
        rows.map(({ label, tradeCount, pnlQuote, returnFraction, riskFraction }) => [
          label,
          String(tradeCount),
          plain(pnlQuote),
          percent(returnFraction),
          percent(riskFraction),
        ]),
      )
    );
}
