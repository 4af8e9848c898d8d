// How one position is closed: what to do next, from what was done and what the venue says. Pure: whoever carries it out
// comes back with a new look after each act, as often as it takes.
import { addQuantity, floorToLot, type Quantity, ZERO_QUANTITY } from "../../money/mod.ts";
import type { ClientOrderId } from "../../orders/mod.ts";
import { type GuardedPosition, isTooSmall, slotIn, soldSince } from "./guarded_position.ts";

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
  /** What other books have sold in the market since this position was approved, less what they have bought. */
  readonly soldBeside: Quantity;
}

/** What was done so far. */
export interface FlattenProgress {
  readonly sent: readonly SentOrder[];
  /** How many of them were sent before this attempt. */
  readonly before: number;
  /** Sales in quarantine: requests to the venue never expire, so nothing proves that they are not there. */
  readonly lost: readonly string[];
  /** How many looks in a row have found a balance from which what is held cannot be sold. */
  readonly vainLooks: number;
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

/** So many orders at most in one attempt, so many of them lost, so many looks at a balance that is not there (I12). */
export const MOST_SALES = 12, MOST_LOST = 3, MOST_VAIN_LOOKS = 60;
/** Of what was held, fees may have taken one part in so many. */
const FEE_PARTS = 100n;

/**
 * The next act for a position. Own orders are settled first; then what opens is taken back, then what protects it, as its
 * balance is needed; then what is free is sold, and all again until nothing is left that can be sold.
 */
export function nextAct(
  position: GuardedPosition,
  progress: FlattenProgress,
  sight: FlattenSight,
): FlattenAct {
  const { lot } = position, { sent, lost, vainLooks } = progress;
  const unknown = sent.find(({ name, state }) => state === "unknown" && !lost.includes(name));
  if (unknown !== undefined) return { kind: "settle", name: unknown.name };
  const open = [...sight.orders].filter(([, { isOpen }]) => isOpen).map(([name]) => name);
  const opening = open.filter((name) => slotIn(name) !== "stop");
  // The stop goes last: until then the venue has answered to all else, and what is sold next is known.
  if (opening.length > 0) return { kind: "cancel", names: opening };
  const held = heldOf(position, sent, sight), there = mostOf(position, sight), left = least(held, there);
  const isNothing = (size: Quantity) => size < lot || isTooSmall(size, position);
  // A fee in the base asset makes the balance smaller than the orders say.
  const isFee = held - (left > 0n ? left : 0n) <= (held + soldOf(sent)) / FEE_PARTS;
  if (isNothing(held) || (isNothing(left) && isFee)) {
    return open.length > 0 ? { kind: "cancel", names: open } : { kind: "flat" };
  }
  // The orders say that it is held. A balance may lag behind them: it alone ends nothing, and takes no stop back.
  if (isNothing(left)) return inVain(vainLooks, "the account has less than its orders say is held");
  if (open.length > 0) return { kind: "cancel", names: open };
  const reason = whyNoMore(position, progress, sight);
  if (reason !== null) return { kind: "stuck", reason };
  const quantity = floorToLot(least(least(left, approvedLeft(position, sent)), sight.free), lot);
  if (!isNothing(quantity)) return { kind: "sell", quantity };
  return inVain(vainLooks, "its balance is bound by orders that are not of the session");
}

function inVain(looks: number, reason: string): FlattenAct {
  return looks < MOST_VAIN_LOOKS ? { kind: "wait" } : { kind: "stuck", reason };
}

/** Why no further order may go out; null where one may. */
function whyNoMore(
  position: GuardedPosition,
  { sent, before, lost }: FlattenProgress,
  sight: FlattenSight,
): string | null {
  const { lot } = position;
  if (lost.length >= MOST_LOST) return `${lost.length} orders have gone out, and nobody knows what became of them`;
  // What was lost may arrive yet: nothing but the balance keeps it and another one from selling what is not its own.
  if (lost.length > 0 && besideOf(position, sight) >= lot) return `nobody knows what became of ${lost.join(", ")}`;
  if (sent.length - before >= MOST_SALES) return `${MOST_SALES} orders have not closed it`;
  return approvedLeft(position, sent) < lot ? "more is held than was approved to be closed" : null;
}

/** What is held by what the orders say: what was, with what they have traded since. */
function heldOf({ held, orders }: GuardedPosition, sent: readonly SentOrder[], sight: FlattenSight): Quantity {
  return (held - soldOf(sent) - soldSince(orders, sight.orders)) as Quantity;
}

/** What the account has for it. */
function mostOf(position: GuardedPosition, sight: FlattenSight): Quantity {
  return (sight.total - besideOf(position, sight)) as Quantity;
}

/** What lies beside it by now. */
function besideOf({ beside }: GuardedPosition, { soldBeside }: FlattenSight): Quantity {
  return (beside - soldBeside) as Quantity;
}

function approvedLeft({ close }: GuardedPosition, sent: readonly SentOrder[]): Quantity {
  return (close.quantity - soldOf(sent)) as Quantity;
}

function soldOf(sent: readonly SentOrder[]): Quantity {
  return sent.reduce((sum, { filled }) => addQuantity(sum, filled), ZERO_QUANTITY);
}

function least(a: Quantity, b: Quantity): Quantity {
  return a < b ? a : b;
}
