import type { InstrumentId } from "../market/mod.ts";
import type { Price, Quantity } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { ClientOrderId, Slot } from "./client_order_id.ts";
import type { OrderTerms, Trail } from "./order_terms.ts";
import type { PlainSizing } from "./sizing.ts";

/** Direction of an order or a fill. */
export type Side = "buy" | "sell";

/**
 * - `market`: at once.
 * - `limit`: at its price or better.
 * - `stop`: at the market once the trigger has traded, which lies on the losing side of the market.
 * - `stop-limit`: a limit order once the trigger has traded.
 * - `take-profit`: at the market once the trigger has traded, which lies on the winning side of the market.
 * - `trailing-stop`: a stop whose trigger the venue moves after the best price.
 */
export type OrderKind = "market" | "limit" | "stop" | "stop-limit" | "take-profit" | "trailing-stop";

/** What is wanted from the venue, complete and immutable: the whole request, before any check. */
export interface OrderIntent {
  readonly clientOrderId: ClientOrderId;
  readonly instrument: InstrumentId;
  /** Number of the (strategy, instrument) pair that asked for it. */
  readonly book: number;
  readonly slot: Slot;
  readonly decidedAtMs: TimestampMs;
  readonly side: Side;
  readonly kind: OrderKind;
  /** Above zero, on the instrument's lot. */
  readonly quantity: Quantity;
  /** Limit of a limit order, first trigger of the kinds that have one, null for a market order. */
  readonly price: Price | null;
  /** Limit of a stop-limit order, null for all others. */
  readonly limitPrice: Price | null;
  /** How a trailing stop follows the market, null for all others. */
  readonly trail: Trail | null;
  readonly terms: OrderTerms;
  /** May only make the position smaller; the venue cancels it when there is none. */
  readonly reduceOnly: boolean;
  /**
   * Set where the venue is to size the order when it fills, which only simulated venues do; the quantity is then an
   * estimate, and the venue checks the funds.
   */
  readonly sizeAtFill: PlainSizing | null;
  /**
   * Since when the wish has been there, where that is not the decision: an order that takes the place of another keeps
   * that one's time, and a target has the time of the step that set its price.
   */
  readonly sinceMs?: TimestampMs;
  /**
   * Name of the group in which one cancels the other, absent without one: once an order of it has traded, if only in
   * part, the venue ends the others at once and takes no more of them.
   */
  readonly oco?: string;
  /** Why, in the strategy's words: goes to the trade table. */
  readonly reason: string;
}
