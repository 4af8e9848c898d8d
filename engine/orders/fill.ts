import type { InstrumentId } from "../market/mod.ts";
import type { Fee, Notional, Price, Quantity } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { ClientOrderId } from "./client_order_id.ts";
import type { Side } from "./order_intent.ts";

/**
 * What a fee is taken from: the position (the base asset that a buy brings: the position is net of it), the cash, or a
 * balance of a third asset.
 */
export type FeeSource = "position" | "cash" | "third";

/** A part of an order that was executed. Fills are a set keyed by `tradeId`: order and repetition do not matter (I5). */
export interface Fill {
  /** The venue's own number of this execution, unique on the account. */
  readonly tradeId: string;
  readonly clientOrderId: ClientOrderId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly price: Price;
  /** Above zero, before fees. */
  readonly quantity: Quantity;
  readonly fee: Fee;
  /** Asset in which the fee was charged, as in `USDT` or `BNB`. */
  readonly feeAsset: string;
  readonly feeFrom: FeeSource;
  /** Worth of a fee in a third asset when it was charged, in the quote asset; absent for the others. */
  readonly feeWorthQuote?: Notional;
  readonly liquidity: "maker" | "taker";
  /** When it happened; from candles alone that is the open time of the candle, on a stated path the moment in it. */
  readonly timeMs: TimestampMs;
}
