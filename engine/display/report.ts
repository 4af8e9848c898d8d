import { type MetricEntry, type ReportDocument, reportDocument, type ReportedRun } from "../metrics/mod.ts";
import { AXES, COLOR, drawing } from "./drawing.ts";
import { escaped, tableMarkup, tableText } from "./markup.ts";
import { showing, type Shown } from "./shown.ts";
import { amount, figure, fixed, moment, percentage } from "./wording.ts";

/** What a reader looks at first. */
const KEY_FIGURES = [
  "totalReturnFraction",
  "cagrFraction",
  "volatilityFraction",
  "sharpe",
  "sortino",
  "maxDrawdownFraction",
  "calmar",
  "tradeCount",
  "winRateFraction",
  "profitFactor",
  "exposureTimeFraction",
  "feesQuote",
];
/** Points of the equity curve that a notebook keeps. */
const MOST_POINTS = 600;

/** How to show a run. */
export interface RunReportOptions {
  /** A run over the same time to compare with. */
  readonly benchmark?: ReportedRun;
  /** Most trades that are listed, the first ones; 5 unless stated. */
  readonly trades?: number;
}

/** The report of a run: figures, equity, first trades. Every figure's convention stands behind its name. */
export function report(run: ReportedRun, { benchmark, trades = 5 }: RunReportOptions = {}): Shown {
  const document = reportDocument(run, { maxPoints: MOST_POINTS, ...(benchmark ? { benchmark } : {}) });
  const entries = new Map(document.metrics.flatMap((section) => section.entries).map((entry) => [entry.name, entry]));
  const key = KEY_FIGURES.map((name) => entries.get(name)).filter((entry) => entry !== undefined);
  return showing({}, async () => ({
    "text/html": [
      `<p><strong>${escaped(headline(document))}</strong></p>`,
      `<ul>${document.warnings.map((warning) => `<li>${escaped(warning)}</li>`).join("")}</ul>`,
      figures(document, key),
      await equityDrawing(document),
      contributionTable(document),
      tradeTable(document, trades),
      funnelTable(document),
      allFigures(document),
    ].join("\n"),
    "text/plain": tableText(
      ["figure", "value"],
      key.map(({ label, value, unit }) => [label, figure(value, unit)]),
      isValue,
    ),
  }));
}

function headline({ title, period, identity }: ReportDocument): string {
  const when = period === null ? "no candle" : `${moment(period.fromMs)} to ${moment(period.toMs)}`;
  return `${title}, ${when}, run ${identity.hash.slice(0, 10)}`;
}

function figures({ equity: { benchmarkLabel } }: ReportDocument, entries: readonly MetricEntry[]): string {
  const beside = benchmarkLabel !== null;
  return tableMarkup(
    ["figure", "value", ...(beside ? [benchmarkLabel] : [])],
    entries.map(({ label, value, benchmark, unit }) => [
      label,
      figure(value, unit),
      ...(beside ? [figure(benchmark, unit)] : []),
    ]),
    isValue,
  );
}

/** Every figure with its convention, folded away. */
function allFigures({ metrics }: ReportDocument): string {
  const rows = metrics.flatMap(({ entries }) =>
    entries.map(({ label, value, unit, convention }) => [label, figure(value, unit), convention])
  );
  const all = tableMarkup(["figure", "value", "convention"], rows, (column) => column === 1);
  return `<details><summary>All ${rows.length} figures, and how each is computed</summary>\n${all}\n</details>`;
}

async function equityDrawing({ title, equity }: ReportDocument): Promise<string> {
  const rows = equity.timeMs.map((timeMs, i) => ({
    time: new Date(timeMs),
    equity: equity.equity[i]!,
    benchmark: equity.benchmarkEquity?.[i] ?? null,
  }));
  const svg = await drawing(`equity of ${title}`, (plot) => ({
    ...AXES,
    height: 260,
    marks: [
      plot.ruleY(rows.slice(0, 1), { y: "equity", stroke: COLOR.muted, strokeDasharray: "2,3" }),
      ...(equity.benchmarkLabel === null
        ? []
        : [plot.lineY(rows, { x: "time", y: "benchmark", stroke: COLOR.lines[1], strokeWidth: 1.25 })]),
      plot.lineY(rows, { x: "time", y: "equity", stroke: COLOR.accent, strokeWidth: 1.5 }),
    ],
  }));
  const other = equity.benchmarkLabel === null
    ? ""
    : ` &nbsp; <span style="color:${COLOR.lines[1]}">▬</span> ${escaped(equity.benchmarkLabel)}`;
  return `${svg}\n<p><span style="color:${COLOR.accent}">▬</span> equity, quote units${other}</p>`;
}

/** What each market and each strategy had in the result; nothing where there is one of each. */
function contributionTable({ portfolio }: ReportDocument): string {
  if (portfolio === null) return "";
  return ([["market", portfolio.byMarket], ["strategy", portfolio.byStrategy]] as const)
    .filter(([, rows]) => rows.length > 1)
    .map(([name, rows]) =>
      tableMarkup(
        [name, "trades", "profit", "contribution to return", "contribution to risk"],
        rows.map(({ label, tradeCount, pnlQuote, returnFraction, riskFraction }) => [
          label,
          String(tradeCount),
          fixed(pnlQuote, 2),
          percentage(returnFraction),
          figure(riskFraction, "fraction"),
        ]),
        isValue,
      )
    ).join("\n");
}

function tradeTable({ trades }: ReportDocument, limit: number): string {
  const shown = trades.slice(0, limit);
  if (shown.length === 0) return "";
  return tableMarkup(
    ["trade", "side", "entry", "price", "exit", "price", "quantity", "fees", "profit", "return", "closed by"],
    shown.map((trade) => [
      String(trade.number),
      trade.side,
      moment(trade.entryTimeMs),
      amount(trade.entryPrice),
      moment(trade.exitTimeMs),
      amount(trade.exitPrice),
      amount(trade.quantity),
      fixed(trade.fees, 2),
      fixed(trade.pnl, 2),
      percentage(trade.returnFraction),
      trade.exitReason,
    ]),
    (column) => [0, 3, 5, 6, 7, 8, 9].includes(column),
    trades.length > shown.length ? `${shown.length} of ${trades.length} trades` : "",
  );
}

/** From signals to fills, folded away; nothing of a run that counted nothing. */
function funnelTable({ funnel }: ReportDocument): string {
  if (funnel.length === 0) return "";
  const rows = funnel.map(({ stage, label, count }) => [stage, label, String(count)]);
  const table = tableMarkup(["stage", "what", "count"], rows, (column) => column === 2);
  return `<details><summary>From signals to fills</summary>\n${table}\n</details>`;
}

function isValue(column: number): boolean {
  return column > 0;
}
