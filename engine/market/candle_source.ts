import type { Timeframe, TimestampMs } from "../time/mod.ts";
import type { CandleColumns } from "./candle_columns.ts";
import type { Instrument } from "./instrument.ts";

/** Which candles are wanted: open times in [`from`, `to`); without a bound, all that there are. */
export interface CandleQuery {
  readonly instrument: Instrument;
  readonly timeframe: Timeframe;
  readonly from?: TimestampMs;
  readonly to?: TimestampMs;
  /** Leave out candles that another venue gave, to fill a gap or in the place of one that failed. */
  readonly ownOnly?: boolean;
}

/** Where closed candles come from: the lake, a file, an exchange. */
export interface CandleSource {
  /** Candles in time order, checked; an empty result has length 0. */
  candles(query: CandleQuery): Promise<CandleColumns>;
}
