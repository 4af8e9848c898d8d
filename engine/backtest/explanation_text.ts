// A moment of a run in words.
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import type { ExplainedBook, ExplainedEvent, ExplainedOrderEvent, Explanation } from "./explain.ts";
import type { ExplainedOrder } from "./explained_order.ts";
import type { ExplainedCharge, ExplainedLiquidation } from "./explained_takeover.ts";
import { PRICE_RULE_TEXTS } from "./price_rule_texts.ts";

const figure = (value: number | null) => value === null ? "unknown" : String(Number(value.toPrecision(10)));

/** An explanation in sentences: what `backtest --explain` prints. */
export function explanationText({ decidedAtMs, equity, books, happened }: Explanation): string {
  return [
    `At the close of ${formatTimestamp(decidedAtMs)} the account was worth ${figure(equity)}.`,
    ...books.map(bookText),
    happened.length === 0
      ? "Nothing was traded until the next close."
      : `Until the next close:\n${happened.map(eventText).join("\n")}`,
  ].join("\n\n");
}

function bookText(
  { strategy, instrument, timeframe, candle, values, position, entryPrice, orders }: ExplainedBook,
): string {
  if (candle === null) {
    return `${strategy} had no ${timeframe} candle of ${instrument} that closed then: nothing was decided.`;
  }
  const { openTimeMs, open, high, low, close, volume } = candle;
  return [
    `${strategy} saw the ${timeframe} candle of ${instrument} of ${
      formatTimestamp(openTimeMs as TimestampMs)
    }: open ${open}, high ${high}, low ${low}, close ${close}, volume ${volume}.`,
    position === 0
      ? "It held nothing."
      : `It held ${figure(position)}, bought or sold at ${figure(entryPrice)} on average.`,
    aligned([["what its rules saw", "value"], ...values.map(({ label, value }) => [label, figure(value)] as const)]),
    orders.length === 0
      ? "It asked for nothing."
      : orders.map((order) => `It asked for ${orderText(order)}: ${verdict(order)}.`).join("\n"),
  ].join("\n");
}

/** Rows of two columns. */
function aligned(rows: readonly (readonly [left: string, right: string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`).join("\n");
}

function orderText({ slot, side, kind, quantity, price, reason, oco }: ExplainedOrder): string {
  return `${side} ${figure(quantity)} ${kind}${price === null ? "" : ` at ${figure(price)}`} (${slot}${
    reason === slot ? "" : `, ${reason}`
  }${oco === undefined ? "" : ", one cancels the other"})`;
}

function verdict({ refusal, shrunk }: ExplainedOrder): string {
  if (refusal !== null) return `refused, ${refusal.code}: ${refusal.reason}`;
  if (shrunk.length === 0) return "the risk rules had nothing against it";
  return `made smaller, ${shrunk.map(({ code, reason }) => `${code}: ${reason}`).join("; ")}`;
}

function eventText(event: ExplainedEvent): string {
  const head = `· ${formatTimestamp(event.timeMs)} ${event.instrument}: `;
  if (event.what === "charged") return head + chargeText(event.charge);
  return event.what === "liquidated" ? head + liquidationText(event.liquidation) : orderEventText(event);
}

function chargeText({ what, quantity, rate, markPrice, amount }: ExplainedCharge): string {
  return `${what} on ${figure(quantity)}: ${amount < 0 ? "received" : "paid"} ${figure(Math.abs(amount))}, a rate of ${
    figure(rate)
  } at a mark price of ${figure(markPrice)}`;
}

function liquidationText(
  { quantity, price, markPrice, fee, insurance, candle, candleOf }: ExplainedLiquidation,
): string {
  const { openTimeMs, timeframe, open, high, low, close } = candle;
  return `${figure(quantity)} liquidated: its margin was used up at a mark price of ${figure(markPrice)}, settled at ${
    figure(price)
  }, fee ${figure(fee)}; the insurance fund ${insurance < 0 ? "paid" : "received"} ${figure(Math.abs(insurance))}` +
    ` (${timeframe} candle of ${candleOf === "mark" ? "the mark price" : "trades"} of ${
      formatTimestamp(openTimeMs)
    }: open ${open}, high ${high}, low ${low}, close ${close})`;
}

function orderEventText({ timeMs, instrument, order, what, fill, reason }: ExplainedOrderEvent): string {
  const head = `· ${formatTimestamp(timeMs)} ${instrument}: ${orderText(order)} ${what}`;
  if (fill === null) return reason === null ? head : `${head}: ${reason}`;
  const { price, quantity, basis: { rule, unslipped }, candle: { openTimeMs, timeframe, open, high, low, close } } =
    fill;
  const slipped = price === unslipped ? "" : `, ${figure(unslipped)} before slippage and the tick`;
  return `${head}: ${figure(quantity)} at ${figure(price)}${slipped}; ${PRICE_RULE_TEXTS[rule]}` +
    ` (${timeframe} candle of ${formatTimestamp(openTimeMs)}: open ${open}, high ${high}, low ${low}, close ${close})`;
}
