import type { InstrumentId } from "../market/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/**
 * A close of a position in a candle that leaves open what happened: it reaches stop and target, or the stop of an entry
 * inside it that may have come first. What the fill rules assumed is what the trade says.
 */
export interface AmbiguousExit {
  /** Open time of the candle. */
  readonly timeMs: TimestampMs;
  readonly instrument: InstrumentId;
  readonly strategy: string;
  /** Extremes of the candle, quote units: what was touched lies between them. */
  readonly low: number;
  readonly high: number;
  /** What was taken, as in `stop`, and at which price; null when nothing was closed after all. */
  readonly exitReason: string | null;
  readonly exitPrice: number | null;
  /** True when the position was opened in the same candle. */
  readonly enteredInCandle: boolean;
}
