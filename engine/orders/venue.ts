import type { Price, Quantity } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { Liquidation, PositionCharge } from "./charge.ts";
import type { ClientOrderId } from "./client_order_id.ts";
import type { Fill } from "./fill.ts";
import type { OrderIntent } from "./order_intent.ts";
import type { Recorded, RiskApproved } from "./proof.ts";

/**
 * A place where orders are executed. Calls only hand over a request; what becomes of it arrives later as
 * {@linkcode VenueEvent}s: at once from the simulator, late, in parts or never from a real exchange.
 */
export interface Venue {
  submit(order: Recorded<RiskApproved<OrderIntent>>): void;
  cancel(clientOrderId: ClientOrderId): void;
  /**
   * Moves an order that rests to the price (and the limit) of this request, under the name that it has. Answered by
   * `moved`; not at all where the order has ended. Asking twice moves it once.
   */
  move(order: RiskApproved<OrderIntent>): void;
  /** Asks for an order by its name: open orders, order history and trades. Answered by `found` or `missing`. */
  query(clientOrderId: ClientOrderId): void;
}

/** The rule by which a simulated venue priced a fill. */
export type PriceRule =
  | "next-open"
  | "this-close"
  | "previous-close"
  | "limit"
  | "limit-gap"
  | "limit-moved"
  | "stop"
  | "stop-gap"
  | "trailing-stop"
  | "take-profit"
  | "take-profit-gap"
  | "on-path"
  | "worst-by-arrival"
  | "stop-after-entry"
  | "target-after-entry"
  | "delisted";

/** What set the price of a simulated fill. */
export interface PriceBasis {
  readonly rule: PriceRule;
  /** Price before slippage, quote units. */
  readonly unslipped: number;
}

/** News from a venue. Any of them may be late, repeated or absent. */
export type VenueEvent =
  /** The order rests at the venue, or was taken in; `quantity` differs from the request where the venue sized it. */
  | {
    readonly kind: "accepted";
    readonly clientOrderId: ClientOrderId;
    readonly quantity: Quantity;
    readonly timeMs: TimestampMs;
    /** When the venue took it in, by its own clock; absent where it does not tell. */
    readonly placedAtMs?: TimestampMs;
  }
  /** The venue said no by its rules; terminal. */
  | {
    readonly kind: "refused";
    readonly clientOrderId: ClientOrderId;
    readonly code: string;
    readonly reason: string;
    readonly timeMs: TimestampMs;
  }
  /** An execution; simulated venues say what set its price. */
  | { readonly kind: "fill"; readonly fill: Fill; readonly basis?: PriceBasis; readonly timeMs: TimestampMs }
  /**
   * What is left of the order is gone: on our word (`cancelled`) or by the venue's rules (`expired`). `filled` is what
   * the venue executed before; fills that are still on their way count in it.
   */
  | {
    readonly kind: "ended";
    readonly clientOrderId: ClientOrderId;
    readonly state: "cancelled" | "expired";
    readonly filled: Quantity;
    readonly reason: string;
    readonly timeMs: TimestampMs;
    /** When it ended, by the venue's own clock; absent where it does not tell. */
    readonly endedAtMs?: TimestampMs;
  }
  /** The order rests at another price now. */
  | {
    readonly kind: "moved";
    readonly clientOrderId: ClientOrderId;
    readonly price: Price;
    readonly limitPrice: Price | null;
    readonly timeMs: TimestampMs;
  }
  /** Proven locally: no byte of the request left. */
  | { readonly kind: "notSent"; readonly clientOrderId: ClientOrderId; readonly timeMs: TimestampMs }
  /** The request may or may not have arrived: time-out, broken answer, 5xx. */
  | { readonly kind: "unknown"; readonly clientOrderId: ClientOrderId; readonly timeMs: TimestampMs }
  /** Answer to a query: the venue knows the order; its fills so far come along, each as a whole. */
  | {
    readonly kind: "found";
    readonly clientOrderId: ClientOrderId;
    readonly state: "open" | "filled" | "cancelled" | "expired";
    /** Where it rests or rested last. */
    readonly price: Price | null;
    readonly limitPrice: Price | null;
    readonly fills: readonly Fill[];
    readonly timeMs: TimestampMs;
    /** When the venue took it in and changed it last, by its own clock; absent where it does not tell. */
    readonly placedAtMs?: TimestampMs;
    readonly changedAtMs?: TimestampMs;
  }
  /** An open position paid or received something without a trade. */
  | { readonly kind: "charge"; readonly charge: PositionCharge; readonly timeMs: TimestampMs }
  /** The venue closed a position whose margin was used up. */
  | { readonly kind: "liquidation"; readonly liquidation: Liquidation; readonly timeMs: TimestampMs }
  /** Answer to a query: open orders, history and trades do not contain it. One miss proves nothing. */
  | { readonly kind: "missing"; readonly clientOrderId: ClientOrderId; readonly timeMs: TimestampMs };
