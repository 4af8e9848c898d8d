/**
 * Cash and positions as a fold over fills, and what reports show of them.
 *
 * @module
 */
export * from "./equity_curve.ts";
export * from "./trade.ts";
