// Entries that wait move to another price: taken back first, sent anew when the venue has said that they are gone. At
// no time can both fill.
import type { Quantity } from "../money/mod.ts";
import { sameTrail } from "../orders/mod.ts";
import type { Request } from "../strategies/mod.ts";
import { sizingAtVenue } from "./budget.ts";
import type { Command } from "./command.ts";
import { entryQuantity } from "./entry_size.ts";
import { cancel, propose } from "./order_chain.ts";
import { entryPlace, worstEntryPrice } from "./order_price.ts";
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
  const { instrument } = config.books[book]!, { tick } = config.instruments[instrument]!;
  for (const order of [...state.orders]) {
    const { slot, kind, side, price, limitPrice, trail } = order.intent;
    if (order.intent.book !== book || slot !== "entry" || kind === "market") continue;
    if (leg !== undefined && order.leg !== leg) continue;
    // One that is on its way back for good stays so; one that is moving already goes to the newest place.
    if (order.cancelSent && order.amended === null) continue;
    const place = entryPlace(at, side, tick, state.marks[instrument]!);
    // One that trails in the same way stays where it has come to.
    const stays = kind === place.kind && limitPrice === place.limitPrice &&
      (place.trail === null ? price === place.price : sameTrail(trail!, place.trail));
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
  const { instrument } = trader.config.books[intent.book]!, mark = trader.state.marks[instrument]!;
  const place = entryPlace(at, intent.side, trader.config.instruments[instrument]!.tick, mark);
  const whole = sizing === null ? record.quantity : entryQuantity(
    trader,
    intent.book,
    intent.side,
    worstEntryPrice(at, intent.side, mark),
    sizing,
    plan?.stop ?? null,
  );
  const quantity = (whole - record.filled) as Quantity;
  if (quantity <= 0n) return;
  // What has traded in part has ended its group already.
  const oco = record.filled > 0n ? undefined : intent.oco;
  const { book, slot, side, terms, reason, sinceMs = intent.decidedAtMs } = intent;
  // A venue that sizes at the fill would buy again what has been bought.
  const atFill = intent.sizeAtFill === null || record.filled > 0n ? null : intent.sizeAtFill;
  const sizeAtFill = atFill === null || sizing === null ? atFill : sizingAtVenue(trader, book, sizing);
  propose(
    trader,
    { book, slot, side, ...place, quantity, sizeAtFill, plan, terms, leg, oco, replaces: true, sinceMs, reason },
    commands,
  );
}
