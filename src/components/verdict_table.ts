import { element } from "./element.ts";
import { number, percent } from "./format.ts";
import { type Column, sortableTable } from "./sortable_table.ts";
import type { VerdictSummary } from "./verdict_data.ts";
import { moodOf } from "./verdict_header.ts";

const COLUMNS: readonly Column<VerdictSummary>[] = [
  {
    label: "Strategy",
    value: ({ strategy }) => strategy,
    cell: ({ strategy, params }) => element("div", {}, strategy, element("small", {}, params)),
  },
  { label: "Market", value: ({ markets }) => markets, cell: ({ markets }) => markets },
  { label: "Candles", value: ({ timeframe }) => timeframe, cell: ({ timeframe }) => timeframe },
  {
    label: "Verdict",
    value: ({ headline }) => headline,
    cell: ({ hash, headline }) =>
      element("a", { href: `./verdict/${hash}.html` }, element("strong", { class: moodOf(headline) }, headline)),
  },
  {
    label: "CAGR",
    title: "Return a year, 365 days",
    numeric: true,
    value: ({ cagrFraction }) => cagrFraction,
    cell: ({ cagrFraction }) => percent(cagrFraction, 1),
  },
  {
    label: "Holding",
    title: "Return a year of holding",
    numeric: true,
    value: ({ heldCagrFraction }) => heldCagrFraction,
    cell: ({ heldCagrFraction }) => percent(heldCagrFraction, 1),
  },
  {
    label: "Deflated Sharpe",
    title: "Probability that the Sharpe ratio is above what luck gives the best of all trials of the family",
    numeric: true,
    value: ({ deflatedSharpe }) => deflatedSharpe,
    cell: ({ deflatedSharpe }) => percent(deflatedSharpe, 1),
  },
  {
    label: "Break-even",
    title: "Cost of a side at which nothing is earned, basis points",
    numeric: true,
    value: ({ breakEvenBps }) => breakEvenBps,
    cell: ({ breakEvenBps }) => number(breakEvenBps, 1),
  },
];

/** All verdicts; each leads to its page. */
export function verdictTable(verdicts: readonly VerdictSummary[]): HTMLElement {
  return sortableTable("Verdicts", verdicts, COLUMNS, { sortedBy: "CAGR", descending: true });
}
