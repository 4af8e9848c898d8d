import type { TimestampMs } from "../time/mod.ts";

/** The candles that the exchange trades through, in columns; row i belongs to instrument number `instrument[i]`. */
export interface TradedCandles {
  readonly closeTimeMs: TimestampMs;
  readonly count: number;
  readonly instrument: Int32Array | readonly number[];
  readonly openTimeMs: ArrayLike<number>;
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
  readonly volume: ArrayLike<number>;
}
