import type { TimestampMs } from "../time/mod.ts";
import type { Side } from "./order_intent.ts";

/** A fill as somebody has recorded it. */
export interface RecordedFill {
  readonly timeMs: TimestampMs;
  readonly side: Side;
  /** Base units. */
  readonly quantity: number;
  /** What was paid or received, quote units. */
  readonly price: number;
  /** What the market was when the order was sent, quote units; null where nobody wrote it down. */
  readonly referencePrice: number | null;
  /** `maker` fills waited for their price: they say nothing of slippage. */
  readonly liquidity: "maker" | "taker";
}
