import type { InstrumentId } from "../market/mod.ts";
import type { Fee, Price, Quantity } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { ClientOrderId } from "./client_order_id.ts";
import type { Side } from "./order_intent.ts";

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
  /** True when the fee was taken in the base asset of a buy: the position is net of it. Else in the quote asset. */
  readonly feeInBase: boolean;
  readonly liquidity: "maker" | "taker";
  /** When it happened; from candles alone that is the open time of the candle. */
  readonly timeMs: TimestampMs;
}
