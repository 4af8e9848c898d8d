/**
 * Cash and positions as a fold over fills, and what reports show of them. Knows no strategy and no venue.
 *
 * @module
 */
export * from "./account.ts";
export * from "./ambiguous_exit.ts";
export * from "./book_cash.ts";
export * from "./compare_trades.ts";
export * from "./drift.ts";
export * from "./equity_curve.ts";
export * from "./fee_balance.ts";
export * from "./holdings.ts";
export * from "./lots.ts";
export * from "./rebalancing_trades.ts";
export * from "./tax_lots.ts";
export * from "./trade.ts";
export * from "./trade_report.ts";
export * from "./weights/covariance.ts";
export * from "./weights/minimum_variance.ts";
export * from "./weights/portfolio_weights.ts";
export * from "./weights/risk_parity.ts";
