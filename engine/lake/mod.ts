/**
 * Candles and runs on disk: Parquet in folders that other tools can read, through DuckDB and Arrow. Every write is whole
 * or not there; nothing is mended in silence.
 *
 * @module
 */
export * from "./import_candles.ts";
export * from "./lake.ts";
export * from "./run_store.ts";
export * from "./source_name.ts";
