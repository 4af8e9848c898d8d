import { element } from "./element.ts";
import { date, number, percent } from "./format.ts";
import type { StudySummary } from "./page_data.ts";
import { type Column, sortableTable } from "./sortable_table.ts";

/** Folder of a study's page by its kind. */
const FOLDER = { sweep: "sweep", search: "sweep", "walk-forward": "walk-forward" } as const;

const COLUMNS: readonly Column<StudySummary>[] = [
  {
    label: "Study",
    value: ({ kind, strategy }) => `${kind} ${strategy}`,
    cell: ({ id, kind, strategy }) =>
      element(
        "a",
        { href: `./${FOLDER[kind]}/${id}.html` },
        element("strong", {}, strategy),
        element("small", {}, kind),
      ),
  },
  { label: "Market", value: ({ markets }) => markets, cell: ({ markets }) => markets },
  { label: "Candles", title: "Timeframe", value: ({ timeframe }) => timeframe, cell: ({ timeframe }) => timeframe },
  {
    label: "Range",
    value: ({ fromMs }) => fromMs,
    cell: ({ fromMs, toMs }) => element("div", {}, date(fromMs), element("small", {}, date(toMs))),
  },
  {
    label: "Count",
    title: "Trials of a sweep or a search, windows of a walk",
    numeric: true,
    value: ({ count }) => count,
    cell: ({ count }) => number(count, 0),
  },
  {
    label: "Sharpe",
    title: "Of the best trial in sample; of a walk out of sample",
    numeric: true,
    value: ({ sharpe }) => sharpe,
    cell: ({ sharpe }) => number(sharpe, 2),
  },
  {
    label: "Believable",
    title: "Deflated Sharpe ratio of a best trial, probabilistic one of a walk",
    numeric: true,
    value: ({ probability }) => probability,
    cell: ({ probability }) => percent(probability, 1),
  },
  {
    label: "PBO",
    title: "Probability of backtest overfitting",
    numeric: true,
    value: ({ pbo }) => pbo,
    cell: ({ pbo }) => percent(pbo, 1),
  },
];

/** All studies; each leads to its page. */
export function studyTable(studies: readonly StudySummary[]): HTMLElement {
  return sortableTable("Studies", studies, COLUMNS, { sortedBy: "Study" });
}
