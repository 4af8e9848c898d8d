import type { TradeRow } from "./engine.ts";
import { amount, dateTime, number, percent, signClass, signedPercent } from "./format.ts";
import { shortNames } from "./short_names.ts";
import { type Column, type SelectRow, sortableTable } from "./sortable_table.ts";

/** A column that shows a number and sorts by it. */
function numeric(
  label: string,
  title: string,
  value: (trade: TradeRow) => number,
  format: (value: number) => string,
  mark?: Column<TradeRow>["mark"],
): Column<TradeRow> {
  return { label, title, numeric: true, value, cell: (trade) => format(value(trade)), ...(mark ? { mark } : {}) };
}

function charge(label: string, title: string, value: (trade: TradeRow) => number | undefined): Column<TradeRow> {
  return numeric(label, `${title}, in the settlement asset`, (trade) => value(trade) ?? 0, (own) => number(own, 2));
}

function text(label: string, title: string, value: (trade: TradeRow) => string): Column<TradeRow> {
  return { label, title, value, cell: value };
}

const byPnl = ({ pnl }: TradeRow) => signClass(pnl);

/** Shown of trades of which some have been charged. */
const CHARGES: readonly (readonly [name: "funding" | "interest", column: Column<TradeRow>])[] = [
  ["funding", charge("Funding", "Funding paid while it was open, less what was received", (trade) => trade.funding)],
  ["interest", charge("Interest", "Interest paid on what was borrowed", (trade) => trade.interest)],
];

const COLUMNS: readonly Column<TradeRow>[] = [
  numeric("#", "Number in order of exit", (trade) => trade.number, (value) => number(value, 0)),
  text("Side", "Long was bought first, short was sold first", (trade) => trade.side),
  text("Entered", "Why it was opened: the tag of the signal", (trade) => trade.entryReason),
  text("Closed", "Why it was closed: the tag of the signal, or what ended it", (trade) => trade.exitReason),
  numeric("Entry", "Time of the entry, UTC", (trade) => trade.entryTimeMs, dateTime),
  numeric("Exit", "Time of the exit, UTC", (trade) => trade.exitTimeMs, dateTime),
  numeric("Quantity", "Base units", (trade) => trade.quantity, amount),
  numeric("Entry price", "After slippage, in quote units", (trade) => trade.entryPrice, amount),
  numeric("Exit price", "After slippage, in quote units", (trade) => trade.exitPrice, amount),
  numeric("Fees", "Both sides, in quote units", (trade) => trade.fees, (value) => number(value, 2)),
  numeric("Profit", "After fees, in quote units", (trade) => trade.pnl, (value) => number(value, 2), byPnl),
  numeric("Return", "Profit ÷ (quantity × entry price)", (trade) => trade.returnFraction, signedPercent, byPnl),
  numeric("Worst", "Worst unrealised return, from the candles' extremes (MAE)", (trade) => trade.maeFraction, percent),
  numeric("Best", "Best unrealised return, from the candles' extremes (MFE)", (trade) => trade.mfeFraction, percent),
  numeric("Candles", "Candles from entry to exit", (trade) => trade.bars, (value) => number(value, 0)),
];

/** All trades of a run; `select` is told which one a reader has chosen. */
export function tradeTable(trades: readonly TradeRow[], select: SelectRow<TradeRow>): HTMLElement {
  const ids = [...new Set(trades.map(({ instrument }) => instrument))], short = shortNames(ids);
  const names = new Map(ids.map((id, i) => [id, short[i]]));
  const market = text("Market", "Instrument", (trade) => names.get(trade.instrument)!);
  const strategy = text("Strategy", "Its name on the account", (trade) => trade.strategy);
  const strategies = new Set(trades.map((trade) => trade.strategy));
  const own = [...(ids.length > 1 ? [market] : []), ...(strategies.size > 1 ? [strategy] : [])];
  const charges = CHARGES.filter(([name]) => trades.some((trade) => trade[name] !== undefined))
    .map(([, column]) => column);
  const charged = COLUMNS.toSpliced(COLUMNS.findIndex(({ label }) => label === "Profit"), 0, ...charges);
  return sortableTable("Trades", trades, charged.toSpliced(1, 0, ...own), { sortedBy: "#" }, select);
}
