import type { InstrumentId } from "../market/mod.ts";
import type { Price, Quantity } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { ClientOrderId, Slot } from "./client_order_id.ts";

/** Direction of an order or a fill. */
export type Side = "buy" | "sell";

/** `market`: at once. `limit`: at its price or better. `stop`: at the market once the trigger has traded. */
export type OrderKind = "market" | "limit" | "stop";

/**
 * How a venue that sizes at the fill replaces the quantity (only simulated venues do): a share of the margin that is
 * free at that moment.
 */
export interface FillSizing {
  readonly marginFraction: number;
}

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
  /** Price of a limit order, trigger of a stop order, null for a market order. */
  readonly price: Price | null;
  /** May only make the position smaller; the venue cancels it when there is none. */
  readonly reduceOnly: boolean;
  /** Set where the venue is to size the order when it fills; the quantity is then the estimate that was checked. */
  readonly sizeAtFill: FillSizing | null;
  /** Why, in the strategy's words: goes to the trade table. */
  readonly reason: string;
}
