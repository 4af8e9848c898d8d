import { counted } from "../../engine/errors/mod.ts";
import type { OrderOutcome, ParityCertificate, ParityOrder } from "../../engine/live/mod.ts";
import { formatTimestamp, type TimestampMs } from "../../engine/time/mod.ts";
import { table } from "../output.ts";

/** More are not told: an average is a float. */
const MOST_DECIMALS = 12;

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
        averagePrice === null ? "" : priceText(own, own.session === null ? "fresh" : "session"),
        filledAtMs === null ? "" : time(filledAtMs),
        fees,
        own.session === null ? "not ordered" : state,
        freshText(own),
        own.causes.join(", "),
      ];
    }),
  );
}

function freshText(own: ParityOrder): string {
  const { session, fresh } = own;
  if (fresh === null) return "not ordered";
  if (session === null) return fresh.averagePrice === null ? fresh.state : tradeText(own, fresh);
  if (JSON.stringify(session) === JSON.stringify(fresh)) return "the same";
  return fresh.averagePrice === null ? `${fresh.quantity}, ${fresh.state}` : tradeText(own, fresh);
}

function tradeText(own: ParityOrder, { filled, state }: OrderOutcome): string {
  return `${filled} at ${priceText(own, "fresh")}, ${state}`;
}

/** On the tick of the market, and with the digits that tell both apart where they differ by less: they are averages. */
function priceText({ session, fresh, tick }: ParityOrder, which: "session" | "fresh"): string {
  const prices = [session, fresh].flatMap((one) => one?.averagePrice ?? []), [one, other = one] = prices;
  let decimals = tick.split(".")[1]?.length ?? 0;
  while (one !== other && decimals < MOST_DECIMALS && one!.toFixed(decimals) === other!.toFixed(decimals)) decimals++;
  return (which === "fresh" ? fresh : session)!.averagePrice!.toFixed(decimals);
}

/** What the fresh run says of the whole session. */
export function paritySummary(
  { orders, same, unordered, causes, withoutEffect, unexplained, inputs, allInputs, ...result }: ParityCertificate,
): string {
  const { sessionPnlQuote, freshPnlQuote, differenceQuote } = result;
  const lines = causes.map(({ cause, about, orders, pnlQuote }) =>
    `  ${cause}: ${about} changed ${counted(orders.length, "order")}, ${signed(pnlQuote)}`
  );
  const idle = Object.entries(withoutEffect).map(([cause, times]) => `${cause} ${times} times`);
  const all = orders.length + unordered.length, share = all === 0 ? 100 : same / all * 100;
  return [
    `fresh run from candles alone, ${inputs} of ${counted(allInputs, "input")}: ${same} of ${
      counted(all, "order")
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
