/**
 * Position sizes and pre-trade checks: makes a `RiskApproved` order of an intent, or says why not. Sends nothing and
 * keeps no state.
 *
 * @module
 */
export * from "./return_window.ts";
export * from "./risk_history.ts";
export * from "./account_limits.ts";
export * from "./approve.ts";
export * from "./budget.ts";
export * from "./custom_rule.ts";
export { preTradeRules } from "./fitted.ts";
export { correlationCandles, limitRules, type LimitSpec } from "./limits.ts";
export * from "./part_of_sizing.ts";
export * from "./plain_sizing.ts";
export * from "./position_size.ts";
export * from "./pre_trade_rules.ts";
export * from "./realised_volatility.ts";
export * from "./risk_rule.ts";
export * from "./worst_price.ts";
