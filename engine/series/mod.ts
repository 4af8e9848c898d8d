/**
 * Expressions over candles and their two evaluators: columns over history, stream candle by candle, equal bit for bit.
 * No expression can speak of the future, and nothing here knows of orders or money.
 *
 * @module
 */
export * from "./calendar_series.ts";
export * from "./candle_series.ts";
export * from "./columns.ts";
export * from "./crossing.ts";
export * from "./kernel.ts";
export * from "./scope.ts";
export * from "./series.ts";
export * from "./stream.ts";
export * from "./window.ts";
