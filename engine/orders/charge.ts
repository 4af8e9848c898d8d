import type { InstrumentId } from "../market/mod.ts";
import { absoluteQuantity, type Fee, type Notional, type Price, type Quantity } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { ClientOrderId } from "./client_order_id.ts";
import type { Fill } from "./fill.ts";

/**
 * Which of the positions in an instrument is meant: the only one of an account that nets buys and sells, or one of the
 * two of an account in hedge mode.
 */
export type PositionSide = "both" | "long" | "short";

/**
 * Something that an open position pays or receives without a trade. Charges are a set keyed by `id`, as fills are: order
 * and repetition do not matter (I5).
 */
export interface PositionCharge {
  /** Unique on the account. */
  readonly id: string;
  /** Funding of a perpetual contract, or interest on what was borrowed to sell it short. */
  readonly what: "funding" | "interest";
  readonly instrument: InstrumentId;
  readonly side: PositionSide;
  /** Signed position that it was charged on. */
  readonly position: Quantity;
  /** Share of the position's size; of funding, what longs pay to shorts. */
  readonly rate: number;
  /** Price at which the position was valued, quote units. */
  readonly mark: number;
  /** Taken from the cash, in the settlement asset; below zero it was received. */
  readonly amount: Notional;
  readonly timeMs: TimestampMs;
}

/** A position that the venue closed because its margin was used up. */
export interface Liquidation {
  /** Unique on the account. */
  readonly id: string;
  readonly instrument: InstrumentId;
  readonly side: PositionSide;
  /** Signed position that was closed, all of it. */
  readonly position: Quantity;
  /** Price at which the account is settled. */
  readonly price: Price;
  /** The venue's fee for it, in the settlement asset. */
  readonly fee: Fee;
  /** Mark price that triggered it, quote units. */
  readonly mark: number;
  /** What the insurance fund received (above zero) or paid, in the settlement asset. */
  readonly insurance: Notional;
  readonly timeMs: TimestampMs;
  /** Open time of the candle in which it happened, which simulated venues know: a close and the next open are one moment. */
  readonly candleMs?: TimestampMs;
}

/**
 * A liquidation as the fill that takes a signed position to nothing.
 *
 * @param settlement Asset that its fee is taken in.
 * @param part Of several holders of the position, what one of them held and pays; without it, all.
 */
export function liquidationFill(
  own: Liquidation,
  settlement: string,
  { position, fee }: Pick<Liquidation, "position" | "fee"> = own,
): Fill {
  return {
    tradeId: own.id,
    clientOrderId: own.id as ClientOrderId,
    instrument: own.instrument,
    side: position > 0n ? "sell" : "buy",
    price: own.price,
    quantity: absoluteQuantity(position),
    fee,
    feeAsset: settlement,
    feeFrom: "cash",
    liquidity: "taker",
    timeMs: own.timeMs,
  };
}
