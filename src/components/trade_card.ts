import { ambiguousExits } from "./ambiguous_exits.ts";
import { card } from "./card.ts";
import { element } from "./element.ts";
import type { ReportDocument, TradeRow } from "./engine.ts";
import { amount, dateTime, number } from "./format.ts";
import { funnel } from "./funnel.ts";
import type { ExplanationData } from "./page_data.ts";
import { tradeExplanation } from "./trade_explanation.ts";
import { tradeTable } from "./trade_table.ts";

/** Entry reason of what fees left over of a lot, which cannot be sold. */
const DUST = "left over";

/**
 * All trades of a run, and what it still holds. A trade that is pressed is explained below the table; the explanations
 * are fetched when the first one is asked for.
 */
export function tradeCard(
  { trades, openTrades, ambiguousExits: ambiguous, funnel: rows }: ReportDocument,
  explanations: () => Promise<ExplanationData>,
): HTMLElement {
  const explanation = element("div", { class: "explanation", "aria-live": "polite" });
  let fetched: Promise<ExplanationData> | undefined;
  const explain = async (trade: TradeRow) => {
    explanation.replaceChildren(element("p", { class: "empty" }, `Explaining trade ${trade.number} …`));
    const data = await (fetched ??= explanations());
    explanation.replaceChildren(tradeExplanation(data, trade));
  };
  const note = trades.length === 0
    ? "No trade was closed."
    : `${number(trades.length, 0)} closed trades. Press a head to sort, a trade to see why it was made.`;
  return card(
    "Trades",
    { note },
    ...openTrades.map((own) => element("p", { class: "open-trade" }, openText(own))),
    funnel(rows),
    ...ambiguousExits(ambiguous),
    ...(trades.length > 0 ? [tradeTable(trades, explain), explanation] : []),
  );
}

function openText(
  { side, quantity, instrument, entryTimeMs, entryPrice, entryReason, markPrice, pnl }:
    ReportDocument["openTrades"][number],
): string {
  if (entryReason === DUST) {
    return `Dust: ${amount(quantity)} ${instrument}, worth ${number(quantity * markPrice, 2)}, less than a lot.`;
  }
  return `Still open: ${side} ${amount(quantity)} ${instrument} since ${dateTime(entryTimeMs)} UTC at ` +
    `${amount(entryPrice)}; at the last close of ${amount(markPrice)} its profit is ${number(pnl, 2)}.`;
}
