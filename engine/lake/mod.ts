/**
 * Candles and runs on disk: Parquet in folders that other tools can read, through DuckDB and Arrow. Every write is whole
 * or not there; nothing is mended in silence.
 *
 * @module
 */
export type { Holding } from "./catalog.ts";
export type { Issue, LakeCheck } from "./check_lake.ts";
export { readFills } from "./fill_file.ts";
export type { FundingHolding } from "./funding_file.ts";
export { importCandles, type ImportedFile, type ImportOptions } from "./import_candles.ts";
export { type FundingImportOptions, type ImportedFunding, importFunding } from "./import_funding.ts";
export { type ImportedListings, importListings, type ListingImportOptions } from "./import_listings.ts";
export type { ListedMarket } from "./listings_file.ts";
export { Lake } from "./lake.ts";
export type { CandleKind } from "./partition.ts";
export { runCandles } from "./run_candles.ts";
export { runFeeds } from "./run_feeds.ts";
export { listRuns, readRun, runFolder, writeRun } from "./run_store.ts";
