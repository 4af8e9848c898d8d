import { intern, type Series } from "./series.ts";

/** First price of each candle, quote units. */
export const open: Series = intern({ kind: "candle", column: "open" });
/** Highest price of each candle, quote units. */
export const high: Series = intern({ kind: "candle", column: "high" });
/** Lowest price of each candle, quote units. */
export const low: Series = intern({ kind: "candle", column: "low" });
/** Last price of each candle, quote units. */
export const close: Series = intern({ kind: "candle", column: "close" });
/** Volume of each candle, base units. */
export const volume: Series = intern({ kind: "candle", column: "volume" });
