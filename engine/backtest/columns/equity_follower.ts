import type { AccountPath } from "./account_path.ts";

/** What the equity of a trial did. */
export interface EquityFigures {
  /** True where the returns from close to close are counted, too. */
  readonly perBar: boolean;
  /** At most 0. */
  readonly maxDrawdownFraction: number;
  readonly longestUnderwaterDays: number;
  /** Bounded below 0 only where the equity was there: then nothing of this means anything. */
  readonly leastEquity: number;
  /** Σ of the equity at all closes. */
  readonly sum: number;
  /** Rows with a position. */
  readonly heldRows: number;
  /** Returns from one 00:00 UTC to the next, as `dailyReturns` of the metrics gives them. */
  readonly dailyReturns: Float64Array;
  /** Σ r and Σ r² of the returns from close to close, where they are wanted. */
  readonly barReturns: number;
  readonly barSquares: number;
  /** Equity at the last close. */
  readonly finalEquity: number;
}

/** Follows the equity of one trial after another from change to change. */
export interface EquityFollower extends EquityFigures {
  /** Begins anew, with so much cash before the first candle. */
  begin(cash: number): void;
  /** Follows changes up to a row, and empties the path. */
  follow(path: AccountPath, end: number): void;
  /** After the last candle. */
  finish(): void;
}
