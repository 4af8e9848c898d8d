import type { CandleColumns } from "./candle_columns.ts";
import type { CandleQuery } from "./candle_source.ts";
import type { FundingColumns } from "./funding.ts";
import type { Instrument } from "./instrument.ts";

/** Where what venues publish of their contracts beside candles comes from: the lake, a file, an exchange. */
export interface FeedSource {
  /** All settlements of a contract that there are: those around a range tell what is missing in it. */
  funding(instrument: Instrument): Promise<FundingColumns>;
  /** Candles of the mark price, as a `CandleSource` gives those of trades. */
  mark(query: CandleQuery): Promise<CandleColumns>;
}
