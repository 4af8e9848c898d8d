/**
 * Expressions over candles and their evaluators: columns over history, stream candle by candle, sweep for the rules of a whole
 * parameter grid, equal bit for bit.
 * No expression can speak of the future, and nothing here knows of orders or money.
 *
 * @module
 */
export * from "./calendar_series.ts";
export * from "./candle_series.ts";
export { BitSteps } from "./bit_steps.ts";
export { ColumnMemory, commonMemory } from "./column_memory.ts";
export { evaluateColumns } from "./columns.ts";
export * from "./crossing.ts";
export * from "./kernel.ts";
export { isSet, ROWS_PER_WORD, wordsOf } from "./relation.ts";
export * from "./scope.ts";
export * from "./series.ts";
export * from "./series_table.ts";
export * from "./stream.ts";
export * from "./sweep.ts";
export * from "./window.ts";
