/**
 * Figures of returns, accounts and trades, and the document that pages show of a run. Every figure is null where it is
 * not defined, never NaN; every convention stands in the catalog. Knows no backtest, no file and no page.
 *
 * @module
 */
export * from "./allocation.ts";
export * from "./benchmark.ts";
export * from "./build_report.ts";
export * from "./contribution.ts";
export * from "./cornish_fisher.ts";
export * from "./correlation.ts";
export * from "./daily_holdings.ts";
export * from "./daily_returns.ts";
export * from "./drawdown.ts";
export * as elementary from "./elementary.ts";
export * from "./exposure.ts";
export type { Figure } from "./figure.ts";
export * from "./funnel.ts";
export * from "./histogram.ts";
export * from "./metric_catalog.ts";
export {
  centralMoments,
  excessKurtosis,
  excessKurtosisAdjusted,
  mean,
  skewness,
  skewnessAdjusted,
  standardDeviation,
} from "./moments.ts";
export * from "./monthly_table.ts";
export * from "./normal.ts";
export * from "./outcomes.ts";
export * from "./portfolio_report.ts";
export * from "./read_returns.ts";
export * from "./report_document.ts";
export * from "./return_metrics.ts";
export {
  type AnnualBasis,
  cagr,
  cagrByCalendar,
  DAILY_BASIS,
  geometricMean,
  returnsOf,
  stabilityRSquared,
  totalReturn,
} from "./returns.ts";
export * from "./returns_report.ts";
export * from "./rolling.ts";
export * from "./run_contributions.ts";
export * from "./run_metrics.ts";
export * from "./sharpe.ts";
export * from "./sortino.ts";
export * from "./strategy_title.ts";
export * from "./study_document.ts";
export * from "./tail_risk.ts";
export * from "./thinning.ts";
export * from "./trade_statistics.ts";
export * from "./value_at_risk.ts";
