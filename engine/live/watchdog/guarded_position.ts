// What a watchdog has to know of a position, so that it can close it with nothing but the venue at hand.
import { encodePlain } from "../../identity/mod.ts";
import {
  addQuantity,
  AMOUNTS_PER_UNIT,
  type Notional,
  notionalToNumber,
  type Quantity,
  quantityToNumber,
  ZERO_QUANTITY,
} from "../../money/mod.ts";
import {
  type ClientOrderId,
  guardOrderId,
  type OrderIntent,
  type RiskApproved,
  type Slot,
  SLOTS,
} from "../../orders/mod.ts";
import type { TimestampMs } from "../../time/mod.ts";
import { approvedClose, type Trader } from "../../trader/mod.ts";

/** An order of the session that may still do something, and how much of it has traded as the journal has it. */
export interface KnownOrder {
  readonly name: ClientOrderId;
  readonly slot: Slot;
  readonly filled: Quantity;
}

/** A position as it was when its close was approved. */
export interface GuardedPosition {
  readonly book: number;
  /** Number of the instrument in the session. */
  readonly instrument: number;
  readonly symbol: string;
  /** Of the market as the session knew it then: venues change them. */
  readonly lot: Quantity;
  readonly minNotional: Notional;
  /** What the book holds; zero where an entry is on its way. */
  readonly held: Quantity;
  /** True where the session's own terms want a stop at the venue, or want it closed: without one it is naked. */
  readonly wantsStop: boolean;
  /** What the account has of the base asset beside this position, or lacks: it is not sold. */
  readonly beside: Quantity;
  /** Last close, quote units. */
  readonly mark: number;
  readonly orders: readonly KnownOrder[];
  /** The close-only order that may be sent: at most its quantity. */
  readonly close: RiskApproved<OrderIntent>;
}

/** Reason of orders that were approved and are not needed yet. */
const APPROVED = "approved for the watchdog";

/** The positions of a session, each with what closes it under an epoch. What cannot be closed, as dust, is none. */
export function guardedPositions(trader: Trader, epoch: number, nowMs: TimestampMs): GuardedPosition[] {
  const { config, state } = trader, tag = `${config.session}${epoch.toString(36)}`;
  return state.books.flatMap(({ position, plan, closing }, book) => {
    const { instrument } = config.books[book]!, { symbol, lot, minNotional } = config.instruments[instrument]!;
    const close = approvedClose(trader, book, guardOrderId(tag, book, nowMs, 0), nowMs, APPROVED);
    if (close === null) return [];
    const orders = state.orders.filter(({ intent }) => intent.book === book).map(({ intent, filled }): KnownOrder => ({
      ...{ name: intent.clientOrderId, slot: intent.slot, filled },
    }));
    return [{
      ...{ book, instrument, symbol, lot, minNotional, held: position, orders, close, mark: state.marks[instrument]! },
      wantsStop: plan.stop !== null || closing !== null || entryWantsStop(trader, book),
      beside: besideOf(trader, book),
    }];
  });
}

/** True where an entry on its way brings a stop with it. */
function entryWantsStop({ state }: Trader, book: number): boolean {
  return state.orders.some(({ intent, plan }) => intent.book === book && plan !== null && plan.stop !== null);
}

/**
 * What the account has for a position by now, whatever the journal was told: a stop or an entry may have filled with nobody
 * there to hear of it.
 *
 * @param total Of the base asset, as the venue says.
 * @param sold What other books have sold of it since, less what they have bought.
 */
export function heldBy(total: Quantity, sold: Quantity, { beside, close }: GuardedPosition): Quantity {
  const own = (total + sold - beside) as Quantity;
  if (own <= 0n) return ZERO_QUANTITY;
  return own < close.quantity ? own : close.quantity;
}

/** What orders of a book have sold since they were known, less what they have bought. */
export function soldSince(
  known: readonly KnownOrder[],
  told: ReadonlyMap<string, { readonly filled: Quantity }>,
): Quantity {
  return [...told].reduce((sum, [name, { filled }]) => {
    const more = filled - (known.find((own) => own.name === name)?.filled ?? ZERO_QUANTITY);
    return (slotIn(name) === "entry" ? sum - more : sum + more) as Quantity;
  }, ZERO_QUANTITY);
}

/** Of the base asset: what was there before, dust, and what other books hold. */
function besideOf({ config, state }: Trader, book: number): Quantity {
  const { instrument } = config.books[book]!, { base } = config.instruments[instrument]!;
  const outside = ((state.external[base] ?? 0n) / AMOUNTS_PER_UNIT) as Quantity;
  return state.books.reduce(
    (sum, own, other) =>
      other !== book && config.books[other]!.instrument === instrument ? addQuantity(sum, own.position) : sum,
    addQuantity(outside, state.account.dust[instrument]!),
  );
}

/** What of positions makes an approval another one: the price and the moment do not. */
export function termsOf(positions: readonly GuardedPosition[]): string {
  return encodePlain(positions.map(({ mark: _, close: { quantity }, ...own }) => ({ ...own, quantity })));
}

/** The slot that a name of the session's orders tells; null for a watchdog's own. */
export function slotIn(name: string): Slot | null {
  const letter = /-([a-z])\d+$/.exec(name)?.[1];
  return SLOTS.find((slot) => slot[0] === letter) ?? null;
}

/** The book that a name of the session's orders tells. */
export function bookIn(name: string): number {
  return Number(name.split("-")[1]);
}

/** An order that rests at the venue under a name of the session's. */
export interface RestingOrder {
  readonly name: string;
  readonly quantity: Quantity;
  readonly filled: Quantity;
}

/** True where a position that is to have a stop lacks it, for more than the smallest order. */
export function isNaked(position: GuardedPosition, resting: readonly RestingOrder[]): boolean {
  const { book, held, wantsStop, lot } = position;
  if (!wantsStop) return false;
  const bare = (held - coveredBy(resting, book)) as Quantity;
  return bare >= lot && !isTooSmall(bare, position);
}

/** What the stops of a book at the venue are for. */
export function coveredBy(resting: readonly RestingOrder[], book: number): Quantity {
  return resting.filter(({ name }) => slotIn(name) === "stop" && bookIn(name) === book).reduce(
    (sum, { quantity, filled }) => addQuantity(sum, (quantity - filled) as Quantity),
    ZERO_QUANTITY,
  );
}

/** True of less than the venue's smallest order. */
export function isTooSmall(
  size: Quantity,
  { mark, minNotional }: Pick<GuardedPosition, "mark" | "minNotional">,
): boolean {
  return quantityToNumber(size) * mark < notionalToNumber(minNotional);
}
