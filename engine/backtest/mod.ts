/**
 * Replays candles through the trader and the simulator: run specs in, run records out.
 *
 * @module
 */
export * from "./backtest.ts";
export * from "./candle_groups.ts";
export { ColumnRunner, type ColumnTrade } from "./columns/column_runner.ts";
export type { ColumnMoney, ColumnTerms } from "./columns/column_terms.ts";
export { type EventTrial, eventTrial, type TrialCandles } from "./columns/event_trial.ts";
export { type PlainRule, type PlainRules, plainRules } from "./columns/plain_rules.ts";
export { plainTerms } from "./columns/plain_spec.ts";
export { TRIAL_METRICS, type TrialMetricName, type TrialMetrics } from "./columns/trial_metrics.ts";
export * from "./exact_fills.ts";
export * from "./explain.ts";
export * from "./explain_trades.ts";
export * from "./explanation_text.ts";
export * from "./explained_order.ts";
export type { ExplainedCharge, ExplainedLiquidation, LiquidationFacts } from "./explained_takeover.ts";
export * from "./fingerprint.ts";
export type { MetCandle } from "./met_candle.ts";
export * from "./price_rule_texts.ts";
export { type KnownListing, withListings } from "./market_life.ts";
export * from "./replay.ts";
export * from "./run_data.ts";
export * from "./run_fill.ts";
export * from "./run_from_source.ts";
export * from "./run_functions.ts";
export * from "./run_record.ts";
export * from "./run_spec.ts";
export * from "./run_verification.ts";
export * from "./run_spec_schema.ts";
export { feedFingerprint, feedTimeframe, type VenueFeed } from "./venue_feed.ts";
export { partsOf } from "./series_parts.ts";
export type { StrategyNote } from "./strategy_note.ts";
export { bindStrategies, type BoundStrategies, hashOfStrategies, type StrategyLookup } from "./strategy_plan.ts";
export { FILL_RULES } from "./spec/fill_rules.ts";
export * from "./trader_config.ts";
export * from "./used_candles.ts";
