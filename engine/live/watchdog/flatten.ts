// How one position is closed: what to do next, from what was done and what the venue says. Pure: whoever carries it out
// comes back with a new look after each act, as often as it takes.
import { addQuantity, floorToLot, type Quantity, ZERO_QUANTITY } from "../../money/mod.ts";
import type { ClientOrderId } from "../../orders/mod.ts";
import { type GuardedPosition, isTooSmall, slotIn } from "./guarded_position.ts";

/** An order of the watchdog's own, as far as its outcome is known. */
export interface SentOrder {
  readonly name: ClientOrderId;
  readonly quantity: Quantity;
  readonly filled: Quantity;
  /** `unknown` until it is proven what became of it (RELIABILITY §1.3). */
  readonly state: "unknown" | "ended";
}

/** What the venue says of an order of the session. */
export interface ToldOrder {
  readonly filled: Quantity;
  /** True while it rests at the venue. */
  readonly isOpen: boolean;
}

/** A look at the venue: later than whatever was done before. */
export interface FlattenSight {
  /** Of the base asset, free to be sold and in all. */
  readonly free: Quantity;
  readonly total: Quantity;
  /** Orders of the session's names in this market that rest there or were asked for, this position's and no others. */
  readonly orders: ReadonlyMap<string, ToldOrder>;
  /** What the watchdog has sold of other positions in the market since this one was looked at by its session. */
  readonly soldBeside: Quantity;
}

/** What was done so far. */
export interface FlattenProgress {
  readonly sent: readonly SentOrder[];
  /** How many looks in a row have found the balance bound by something else. */
  readonly boundLooks: number;
}

/** What to do next. */
export type FlattenAct =
  /** Ask for an order of ours until it is known what became of it; nothing is sent meanwhile. */
  | { readonly kind: "settle"; readonly name: ClientOrderId }
  | { readonly kind: "cancel"; readonly names: readonly string[] }
  | { readonly kind: "sell"; readonly quantity: Quantity }
  /** Look again a moment later. */
  | { readonly kind: "wait" }
  | { readonly kind: "flat" }
  /** A person has to look. */
  | { readonly kind: "stuck"; readonly reason: string };

/** So many orders at most for one position, so many looks at a balance that is bound (I12). */
export const MOST_SALES = 12, MOST_BOUND_LOOKS = 60;

/**
 * The next act for a position. Own orders are settled first; then what opens is taken back, then what protects it, as its
 * balance is needed; then what is free is sold, and all again until nothing is left that can be sold.
 */
export function nextAct(
  position: GuardedPosition,
  { sent, boundLooks }: FlattenProgress,
  sight: FlattenSight,
): FlattenAct {
  const { lot } = position, unknown = sent.find(({ state }) => state === "unknown");
  if (unknown !== undefined) return { kind: "settle", name: unknown.name };
  const open = [...sight.orders].filter(([, { isOpen }]) => isOpen).map(([name]) => name);
  const opening = open.filter((name) => slotIn(name) !== "stop");
  // The stop goes last: until then the venue has answered to all else, and what is sold next is known.
  if (opening.length > 0) return { kind: "cancel", names: opening };
  const left = heldOf(position, sent, sight);
  if (left < lot || isTooSmall(left, position)) {
    return open.length > 0 ? { kind: "cancel", names: open } : { kind: "flat" };
  }
  if (open.length > 0) return { kind: "cancel", names: open };
  if (sent.length >= MOST_SALES) return { kind: "stuck", reason: `${MOST_SALES} orders have not closed it` };
  const approved = sent.reduce((rest, { filled }) => (rest - filled) as Quantity, position.close.quantity);
  if (approved < lot) return { kind: "stuck", reason: "more is held than was approved to be closed" };
  const quantity = floorToLot(least(least(left, approved), sight.free), lot);
  if (quantity > 0n && !isTooSmall(quantity, position)) return { kind: "sell", quantity };
  return boundLooks < MOST_BOUND_LOOKS
    ? { kind: "wait" }
    : { kind: "stuck", reason: "its balance is bound by orders that are not of the session" };
}

/** What is held by now: what was, with what its orders have traded since, and never more than the account has for it. */
function heldOf({ held, beside, orders }: GuardedPosition, sent: readonly SentOrder[], sight: FlattenSight): Quantity {
  let own = sent.reduce((rest, { filled }) => (rest - filled) as Quantity, held);
  for (const [name, { filled }] of sight.orders) {
    const more = (filled - (orders.find((known) => known.name === name)?.filled ?? ZERO_QUANTITY)) as Quantity;
    own = slotIn(name) === "entry" ? addQuantity(own, more) : (own - more) as Quantity;
  }
  const most = (sight.total + sight.soldBeside - beside) as Quantity, left = least(own, most);
  return left > 0n ? left : ZERO_QUANTITY;
}

function least(a: Quantity, b: Quantity): Quantity {
  return a < b ? a : b;
}
