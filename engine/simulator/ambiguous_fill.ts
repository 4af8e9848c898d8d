import type { TimestampMs } from "../time/mod.ts";

/** A fill of a protective order whose candle leaves open what came first: that it was this one is an assumption. */
export interface AmbiguousFill {
  /** Open time of the candle. */
  readonly timeMs: TimestampMs;
  /** When the order filled, as its fill tells. */
  readonly filledMs: TimestampMs;
  readonly instrument: number;
  readonly book: number;
}
