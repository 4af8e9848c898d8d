/**
 * Crypto Trader's engine for notebooks, examples and programs: expressions over candles, indicators, strategies, honest
 * backtests and their reports.
 *
 * @module
 */
export * from "./backtest/mod.ts";
export * from "./display/mod.ts";
export * from "./errors/mod.ts";
export * from "./identity/mod.ts";
export * from "./indicators/mod.ts";
export * from "./market/mod.ts";
export * from "./metrics/mod.ts";
export * from "./money/mod.ts";
export * from "./orders/mod.ts";
export * from "./portfolio/mod.ts";
export * from "./research/mod.ts";
export * from "./risk/mod.ts";
export * from "./series/mod.ts";
export * from "./simulator/mod.ts";
export * from "./strategies/mod.ts";
export * from "./time/mod.ts";
export * from "./trader/mod.ts";
export type { AccountStrategy } from "./account_strategies.ts";
export type { MarketTerms, TermsByMarket } from "./market_terms.ts";
export type { BacktestOptions, FeeOptions } from "./backtest_options.ts";
export * from "./leaks.ts";
export { type LedgerOptions, trialLedger } from "./notebook_ledger.ts";
export * from "./robustness.ts";
export * from "./search.ts";
export {
  crossValidate,
  type CrossValidationOptions,
  sweep,
  type SweepOptions,
  walkForward,
  type WalkForwardOptions,
} from "./studies.ts";
export * from "./workbench.ts";
