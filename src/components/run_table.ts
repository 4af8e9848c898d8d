import { element } from "./element.ts";
import { date, number, percent, signClass, signedPercent, UNDEFINED } from "./format.ts";
import type { RunSummary } from "./page_data.ts";
import { type Column, sortableTable } from "./sortable_table.ts";
import { sparkline } from "./sparkline.ts";

const fraction = (
  label: string,
  title: string,
  value: (run: RunSummary) => number | null,
  format = percent,
  mark?: Column<RunSummary>["mark"],
): Column<RunSummary> => ({
  label,
  title,
  numeric: true,
  value,
  cell: (run) => format(value(run)),
  ...(mark ? { mark } : {}),
});

const COLUMNS: readonly Column<RunSummary>[] = [
  { label: "Strategy", value: (run) => run.strategy, cell: runLink },
  {
    label: "Market",
    value: (run) => `${run.markets} ${run.exchange}`,
    cell: ({ markets, exchange }) => element("div", {}, markets, element("small", {}, exchange)),
  },
  { label: "Candles", title: "Timeframe", value: (run) => run.timeframe, cell: (run) => run.timeframe },
  {
    label: "Range",
    title: "First and last day of the account",
    value: (run) => run.fromMs,
    cell: ({ fromMs, toMs }) =>
      fromMs === null || toMs === null ? UNDEFINED : element("div", {}, date(fromMs), element("small", {}, date(toMs))),
  },
  {
    label: "Equity",
    title: "Growth of the account",
    value: (run) => run.totalReturnFraction,
    cell: (run) => sparkline(run.curve.growth),
  },
  fraction(
    "Return",
    "Total return",
    (run) => run.totalReturnFraction,
    signedPercent,
    (run) => signClass(run.totalReturnFraction),
  ),
  fraction(
    "CAGR",
    "Annual return, 365 days",
    (run) => run.cagrFraction,
    signedPercent,
    (run) => signClass(run.cagrFraction),
  ),
  {
    label: "Sharpe",
    title: "Daily returns at 00:00 UTC, 365 days, no risk-free return",
    numeric: true,
    value: (run) => run.sharpe,
    cell: (run) => number(run.sharpe, 2),
  },
  fraction("Drawdown", "Maximum drawdown at the candles' closes", (run) => run.maxDrawdownFraction),
  { label: "Trades", numeric: true, value: (run) => run.trades, cell: (run) => number(run.trades, 0) },
  {
    label: "Hash",
    value: (run) => run.hash,
    cell: (run) => element("code", { title: run.hash }, run.hash.slice(0, 8)),
  },
];

/** All runs; each leads to its page. */
export function runTable(runs: readonly RunSummary[]): HTMLElement {
  return sortableTable("Runs", runs, COLUMNS, { sortedBy: "Return", descending: true });
}

function runLink({ hash, strategy, params }: RunSummary): HTMLElement {
  return element(
    "a",
    { href: `./backtest/${hash}.html` },
    element("strong", {}, strategy),
    element("small", {}, params),
  );
}
