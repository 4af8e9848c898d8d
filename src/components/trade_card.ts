import { card } from "./card.ts";
import { element } from "./element.ts";
import type { ReportDocument } from "./engine.ts";
import { number } from "./format.ts";
import { tradeTable } from "./trade_table.ts";

/** All trades of a run. */
export function tradeCard({ trades }: ReportDocument): HTMLElement {
  if (trades.length === 0) return card("Trades", {}, element("p", { class: "empty" }, "No trade was closed."));
  const note = `${number(trades.length, 0)} closed trades. Select a head to sort.`;
  return card("Trades", { note }, tradeTable(trades));
}
