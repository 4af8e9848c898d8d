import { card } from "./card.ts";
import { element } from "./element.ts";
import type { ReportDocument } from "./engine.ts";
import { amount, dateTime, number } from "./format.ts";
import { funnel } from "./funnel.ts";
import { tradeTable } from "./trade_table.ts";

/** All trades of a run, and what it still holds. */
export function tradeCard({ trades, openTrades, funnel: rows }: ReportDocument): HTMLElement {
  const note = trades.length === 0
    ? "No trade was closed."
    : `${number(trades.length, 0)} closed trades. Select a head to sort.`;
  return card(
    "Trades",
    { note },
    ...openTrades.map((own) => element("p", { class: "open-trade" }, openText(own))),
    funnel(rows),
    ...(trades.length > 0 ? [tradeTable(trades)] : []),
  );
}

function openText(
  { side, quantity, instrument, entryTimeMs, entryPrice, markPrice, pnl }: ReportDocument["openTrades"][number],
): string {
  return `Still open: ${side} ${amount(quantity)} ${instrument} since ${dateTime(entryTimeMs)} UTC at ` +
    `${amount(entryPrice)}; at the last close of ${amount(markPrice)} its profit is ${number(pnl, 2)}.`;
}
