import { counted } from "../../engine/errors/mod.ts";
import type { OrderOutcome, ParityCertificate, ParityOrder } from "../../engine/live/mod.ts";
import { formatTimestamp, type TimestampMs } from "../../engine/time/mod.ts";
import { table } from "../output.ts";

const time = (ms: number) => formatTimestamp(ms as TimestampMs);

/** A line per order: how it went, how it went in the fresh run where that is otherwise, and why. */
export function parityTable({ orders }: ParityCertificate): string {
  const head = ["decided", "order", "what", "quantity", "price", "filled at", "fee", "state", "fresh run", "because"];
  return table(
    head,
    orders.map((own) => {
      const { decidedAtMs, quantity, filled, averagePrice, filledAtMs, fees, state } = (own.session ?? own.fresh)!;
      const isPart = own.session !== null && averagePrice !== null && filled !== quantity;
      return [
        time(decidedAtMs),
        own.clientOrderId,
        `${own.side} ${own.kind} ${own.slot} ${own.symbol}`,
        isPart ? `${filled} of ${quantity}` : quantity,
        averagePrice === null ? "" : averagePrice.toFixed(2),
        filledAtMs === null ? "" : time(filledAtMs),
        fees,
        own.session === null ? "not ordered" : state,
        freshText(own),
        own.causes.join(", "),
      ];
    }),
  );
}

function freshText({ session, fresh }: ParityOrder): string {
  if (fresh === null) return "not ordered";
  if (session === null) return fresh.averagePrice === null ? fresh.state : tradeText(fresh);
  if (JSON.stringify(session) === JSON.stringify(fresh)) return "the same";
  return fresh.averagePrice === null ? `${fresh.quantity}, ${fresh.state}` : tradeText(fresh);
}

function tradeText({ filled, averagePrice, state }: OrderOutcome): string {
  return `${filled} at ${averagePrice!.toFixed(2)}, ${state}`;
}

/** What the fresh run says of the whole session. */
export function paritySummary(
  { orders, same, causes, withoutEffect, unexplained, inputs, allInputs, ...result }: ParityCertificate,
): string {
  const { sessionPnlQuote, freshPnlQuote, differenceQuote } = result;
  const lines = causes.map(({ cause, about, orders, pnlQuote }) =>
    `  ${cause}: ${about} changed ${counted(orders.length, "order")}, ${signed(pnlQuote)}`
  );
  const idle = Object.entries(withoutEffect).map(([cause, times]) => `${cause} ${times} times`);
  const share = orders.length === 0 ? 100 : same / orders.length * 100;
  return [
    `fresh run from candles alone, ${inputs} of ${counted(allInputs, "input")}: ${same} of ${
      counted(orders.length, "order")
    } the same (${percent(share)}); result ` +
    `${signed(sessionPnlQuote)}, fresh ${signed(freshPnlQuote)}, difference ${
      differenceQuote === 0 ? "0" : signed(differenceQuote)
    }`,
    ...lines,
    ...(idle.length === 0 ? [] : [`  without effect: ${idle.join(", ")}`]),
    ...unexplained.map((text) => `  UNEXPLAINED: ${text}`),
  ].join("\n");
}

/** Never 100 % of what is less. */
function percent(share: number): string {
  return share === 100 ? "100 %" : `${(Math.floor(share * 100) / 100).toFixed(2)} %`;
}

function signed(value: number): string {
  return `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(2)}`;
}
