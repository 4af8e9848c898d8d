/**
 * The exchange in memory: matches orders with candles, charges fees and slippage, keeps a book of its own. It decides
 * nothing for the trader and branches on no rule set's name.
 *
 * @module
 */
export * from "./ambiguous_fill.ts";
export * from "./costs.ts";
export * from "./fee_desk.ts";
export * from "./fee_model.ts";
export * from "./fill_rules/backtesting_py.ts";
export * from "./fill_rules/default.ts";
export * from "./fill_rules/fill_rules.ts";
export * from "./fill_rules/freqtrade.ts";
export * from "./fill_rules/vectorbt.ts";
export * from "./latency.ts";
export * from "./position_rules.ts";
export * from "./simulated_account.ts";
export * from "./simulator.ts";
export * from "./simulator_config.ts";
export * from "./slippage.ts";
export * from "./slippage_fit.ts";
export * from "./slippage_from_fills.ts";
export * from "./traded_candles.ts";
