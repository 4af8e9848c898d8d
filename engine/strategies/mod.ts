/**
 * Strategies: what they are made of, and the built-in ones. They see closed candles and their own position, and ask
 * for entries and exits; they cannot reach a venue, the network, a file or a clock.
 *
 * @module
 */
export * from "./allocation_rule.ts";
export * from "./base_strategy.ts";
export * from "./decision_context.ts";
export * from "./entry_price.ts";
export * from "./entry_request.ts";
export type { LadderRule, OcoRule } from "./entry_rules.ts";
export * from "./exit_part.ts";
export * from "./parameter.ts";
export * from "./position_view.ts";
export * from "./protection.ts";
export * from "./request.ts";
export * from "./request_terms.ts";
export * from "./roi.ts";
export * from "./rule_strategy.ts";
export * from "./schedule.ts";
export { sizeAsFraction, type SizeHook, sizeInQuote, sizeInUnits, type SizeRule } from "./size_rule.ts";
export * from "./strategy.ts";
export type { Distance, ExitHook, ProtectionHook, StrategyRules, TargetRule } from "./strategy_rules.ts";
export { type RuleList, type TaggedRule, when } from "./tagged_rule.ts";
export * from "./built_in.ts";
export * from "./built_in/atr_breakout.ts";
export * from "./built_in/bollinger_breakout.ts";
export * from "./built_in/buy_and_hold.ts";
export * from "./built_in/donchian_breakout.ts";
export * from "./built_in/macd_trend.ts";
export * from "./built_in/rebalance.ts";
export * from "./built_in/rsi_reversion.ts";
export * from "./built_in/sma_cross.ts";
