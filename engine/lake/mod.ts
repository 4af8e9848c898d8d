/**
 * Candles, runs and the trial ledger on disk: Parquet in folders that other tools can read, through DuckDB and Arrow. Every write is whole
 * or not there; nothing is mended in silence.
 *
 * @module
 */
export { type CsvRows, writeArchive } from "./archive_file.ts";
export { type BucketOptions, bucketOptionsOf, isBucketUrl } from "./bucket_options.ts";
export { BucketStorage } from "./bucket_storage.ts";
export { type CandleOrigin, CandleWriter, storeCandles } from "./candle_writer.ts";
export type { Holding } from "./catalog.ts";
export type { Issue, LakeCheck } from "./check_lake.ts";
export { DownloadStore } from "./download_store.ts";
export type { CandleRevision, FetchedSpan, FetchRecord } from "./fetch_record.ts";
export { readFills } from "./fill_file.ts";
export { type FamilyFindings, keepOverfitting, keepWalk, readFindings } from "./family_findings.ts";
export type { FundingHolding } from "./funding_file.ts";
export { importCandles, type ImportedFile, type ImportOptions } from "./import_candles.ts";
export { type FundingImportOptions, type ImportedFunding, importFunding } from "./import_funding.ts";
export { type ImportedListings, importListings, type ListingImportOptions } from "./import_listings.ts";
export type { ListedMarket } from "./listings_file.ts";
export { type LakeRoot, storageOf } from "./lake_root.ts";
export { Lake } from "./lake.ts";
export type { MergedCandles, MergeOptions } from "./merge_candles.ts";
export type { CandleKind } from "./partition.ts";
export type { Storage } from "./storage.ts";
export type { Quarantined } from "./quarantine.ts";
export {
  type RetentionOptions,
  type RetentionRule,
  type RetiredMonth,
  retiredMonths,
  retireMonths,
} from "./retention.ts";
export { runCandles } from "./run_candles.ts";
export { runFeeds } from "./run_feeds.ts";
export { checkLedger, type LedgerCheck, type LedgerFault, readTrials } from "./read_ledger.ts";
export { listRobustness, readRobustness, robustnessPath, writeRobustness } from "./robustness_file.ts";
export { type RunReturns, runReturns } from "./run_returns.ts";
export {
  listRuns,
  readManifests,
  readRun,
  readRunFolder,
  runFolder,
  type TrialCounting,
  writeRun,
} from "./run_store.ts";
export { StudyFile, studyPath } from "./study_file.ts";
export { storeFunding, type ToldFunding } from "./store_funding.ts";
export { storeListings } from "./store_listings.ts";
export { listStudies, readStudy, writeStudy } from "./study_store.ts";
export { type AppendedTrials, appendTrials, ledgerPath, TrialLedger } from "./trial_ledger.ts";
