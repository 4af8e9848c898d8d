// Entries that wait move to another price: taken back first, sent anew when the venue has said that they are gone. At
// no time can both fill.
import { priceToNumber, type Quantity } from "../money/mod.ts";
import type { Request } from "../strategies/mod.ts";
import { sizingAtVenue } from "./budget.ts";
import type { Command } from "./command.ts";
import { entryQuantity } from "./entry_size.ts";
import { cancel, propose } from "./order_chain.ts";
import { orderPlace } from "./order_price.ts";
import type { OrderRecord } from "./state.ts";
import type { Trader } from "./trader.ts";

/** Asks the venue to take back what is to move. */
export function amendEntries(
  trader: Trader,
  book: number,
  { at, sizing, leg }: Extract<Request, { kind: "amend" }>,
  commands: Command[],
): void {
  const { state, config } = trader;
  const { tick } = config.instruments[config.books[book]!.instrument]!;
  for (const order of [...state.orders]) {
    const { slot, kind, side, price, limitPrice } = order.intent;
    if (order.intent.book !== book || slot !== "entry" || kind === "market") continue;
    if (leg !== undefined && order.leg !== leg) continue;
    // One that is on its way back for good stays so; one that is moving already goes to the newest place.
    if (order.cancelSent && order.amended === null) continue;
    const place = orderPlace(at, side, tick);
    const stays = kind === place.kind && price === place.price && limitPrice === (place.limitPrice ?? null);
    if (stays && sizing === null && order.amended === null) continue;
    order.amended = { at, sizing };
    // What has not left is not sent any more: there is nothing to wait for.
    const unsent = order.state === "approved";
    cancel(order, commands);
    if (unsent) replaceAmended(trader, order, commands);
  }
}

/** An entry that was to move is gone: sends what is left of it to its new place. */
export function replaceAmended(trader: Trader, record: OrderRecord, commands: Command[]): void {
  const { intent, amended, plan, leg } = record;
  if (amended === null) return;
  record.amended = null;
  const { at, sizing } = amended;
  const { tick } = trader.config.instruments[trader.config.books[intent.book]!.instrument]!;
  const place = orderPlace(at, intent.side, tick);
  const whole = sizing === null
    ? record.quantity
    : entryQuantity(trader, intent.book, intent.side, priceToNumber(place.price!), sizing, plan?.stop ?? null);
  const quantity = (whole - record.filled) as Quantity;
  if (quantity <= 0n) return;
  const { book, slot, side, terms, reason, sinceMs = intent.decidedAtMs } = intent;
  // A venue that sizes at the fill would buy again what has been bought.
  const atFill = intent.sizeAtFill === null || record.filled > 0n ? null : intent.sizeAtFill;
  const sizeAtFill = atFill === null || sizing === null ? atFill : sizingAtVenue(trader, book, sizing);
  propose(
    trader,
    { book, slot, side, ...place, quantity, sizeAtFill, plan, terms, leg, replaces: true, sinceMs, reason },
    commands,
  );
}
