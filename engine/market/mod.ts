/**
 * Instruments and candles: what they are, when they are valid, and how they are made coarser. Knows no file, no
 * exchange and no strategy.
 *
 * @module
 */
export * from "./budget_count.ts";
export * from "./candle_columns.ts";
export * from "./candle_source.ts";
export * from "./feed_source.ts";
export * from "./funding.ts";
export * from "./instrument.ts";
export * from "./price_series.ts";
export * from "./liquidation_price.ts";
export * from "./margin.ts";
export * from "./coarse_candle.ts";
export * from "./listing.ts";
export * from "./process_budget.ts";
export * from "./quality.ts";
export * from "./request_budget.ts";
export * from "./resample.ts";
export * from "./rows.ts";
export * from "./value.ts";
