import { card } from "./card.ts";
import { element } from "./element.ts";
import type { Contribution, PortfolioReport } from "./engine.ts";
import { number, percent, signClass, signedPercent } from "./format.ts";
import { segmentedControl } from "./segmented_control.ts";
import { shortNames } from "./short_names.ts";
import { type Column, sortableTable } from "./sortable_table.ts";

/** A column that shows a figure and sorts by it. */
function numeric(
  label: string,
  title: string,
  value: (row: Contribution) => number | null,
  format: (value: number | null) => string,
  mark?: Column<Contribution>["mark"],
): Column<Contribution> {
  return { label, title, numeric: true, value, cell: (row) => format(value(row)), ...(mark ? { mark } : {}) };
}

const quote = (value: number | null) => number(value, 2);
const byPnl = ({ pnlQuote }: Contribution) => signClass(pnlQuote);

const COLUMNS: readonly Column<Contribution>[] = [
  numeric("Trades", "Closed trades", (row) => row.tradeCount, (value) => number(value, 0)),
  numeric("Closed", "Profit of closed trades after fees, quote units", (row) => row.closedPnlQuote, quote),
  numeric("Open", "Profit of what is still open, at the last close, quote units", (row) => row.openPnlQuote, quote),
  numeric("Fees", "Quote units, already taken off the profit", (row) => row.feesQuote, quote),
  numeric("Profit", "Closed and open, after fees, quote units", (row) => row.pnlQuote, quote, byPnl),
  numeric(
    "Return",
    "Contribution to return: profit ÷ starting cash; they add up to the total return",
    (row) => row.returnFraction,
    signedPercent,
    byPnl,
  ),
  numeric(
    "Risk",
    "Contribution to risk: covariance of its daily contribution with the daily return ÷ variance of the return; they add up to 100 %",
    (row) => row.riskFraction,
    (value) => percent(value, 1),
  ),
];

/** What each market and each strategy had in the result. */
export function contributionCard({ byMarket, byStrategy, unassignedPnlQuote }: PortfolioReport): HTMLElement {
  const views = [["market", byMarket], ["strategy", byStrategy]] as const;
  const shown = views.filter(([, rows]) => rows.length > 1);
  const table = (view: number) => contributionTable(shown[view][0], shown[view][1], unassignedPnlQuote);
  const box = element("div", {}, table(0));
  const control = segmentedControl(
    "By what",
    shown.map(([name]) => `by ${name}`),
    0,
    (view) => box.replaceChildren(table(view)),
  );
  return card(
    "Contributions",
    {
      note: "What the parts of the account earned and risked; together they are the account.",
      controls: shown.length > 1 ? [control] : [],
    },
    box,
  );
}

function contributionTable(name: string, rows: readonly Contribution[], unassigned: number): HTMLElement {
  const names = new Map(shortNames(rows.map((row) => row.label)).map((short, i) => [rows[i].label, short]));
  const nameOf = (row: Contribution) => names.get(row.label) ?? row.label;
  const label: Column<Contribution> = { label: name === "market" ? "Market" : "Strategy", value: nameOf, cell: nameOf };
  const columns = [label, ...COLUMNS];
  const box = sortableTable(`Contributions by ${name}`, rows, columns, { sortedBy: "Profit", descending: true });
  box.querySelector("table")!.append(
    element(
      "tfoot",
      {},
      ...(unassigned === 0 ? [] : [footRow("In no book", [{ ...NOTHING, pnlQuote: unassigned }], columns, ["Profit"])]),
      footRow("Account", [...rows, { ...NOTHING, pnlQuote: unassigned }], columns),
    ),
  );
  return box;
}

const NOTHING: Contribution = {
  label: "",
  pnlQuote: 0,
  closedPnlQuote: 0,
  openPnlQuote: 0,
  feesQuote: 0,
  returnFraction: 0,
  riskFraction: 0,
  tradeCount: 0,
};

/** Sums of the columns, or of some of them. */
function footRow(
  label: string,
  rows: readonly Contribution[],
  columns: readonly Column<Contribution>[],
  only?: readonly string[],
): HTMLElement {
  const sum = (of: (row: Contribution) => number) => rows.reduce((total, row) => total + of(row), 0);
  const total: Contribution = {
    label,
    pnlQuote: sum((row) => row.pnlQuote),
    closedPnlQuote: sum((row) => row.closedPnlQuote),
    openPnlQuote: sum((row) => row.openPnlQuote),
    feesQuote: sum((row) => row.feesQuote),
    returnFraction: sum((row) => row.returnFraction),
    riskFraction: rows.some(({ riskFraction }) => riskFraction === null) ? null : sum((row) => row.riskFraction!),
    tradeCount: sum((row) => row.tradeCount),
  };
  return element(
    "tr",
    {},
    ...columns.map((column, i) =>
      element(
        "td",
        { class: column.numeric ? "numeric" : undefined },
        i === 0 || !only || only.includes(column.label) ? column.cell(total) : "",
      )
    ),
  );
}
