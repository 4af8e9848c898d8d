import type { InstrumentId } from "../market/mod.ts";
import type { Price, Quantity } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { ClientOrderId, Slot } from "./client_order_id.ts";
import type { PlainSizing } from "./sizing.ts";

/** Direction of an order or a fill. */
export type Side = "buy" | "sell";

/** `market`: at once. `limit`: at its price or better. `stop`: at the market once the trigger has traded. */
export type OrderKind = "market" | "limit" | "stop";

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
  /**
   * Set where the venue is to size the order when it fills, which only simulated venues do; the quantity is then an
   * estimate, and the venue checks the funds.
   */
  readonly sizeAtFill: PlainSizing | null;
  /** Why, in the strategy's words: goes to the trade table. */
  readonly reason: string;
}
