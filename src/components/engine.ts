// What pages take from the engine. The one file here that may name its modules (1–11 of the table); all of it is bundled
// for the browser.
export { sma } from "../../engine/indicators/mod.ts";
export { type CandleColumns, instrument } from "../../engine/market/mod.ts";
export type { AmbiguousExit } from "../../engine/portfolio/mod.ts";
export type {
  AllocationTable,
  Contribution,
  CorrelationTable,
  DrawdownRow,
  EquityTable,
  FunnelRow,
  FunnelStage,
  HistogramTable,
  MetricEntry,
  MetricSection,
  MetricUnit,
  PortfolioReport,
  PriceTable,
  ReportDocument,
  ReportedData,
  ReportIdentity,
  RiskMethod,
  RollingTable,
  StudyAxis,
  StudyDocument,
  StudyJudgement,
  StudyOverfitting,
  StudySubject,
  StudyTrial,
  TailRisk,
  TradeRow,
  WalkDocument,
  WalkWindow,
  YearRow,
} from "../../engine/metrics/mod.ts";
export { close, crossesAbove, crossesBelow, evaluateColumns } from "../../engine/series/mod.ts";
export { timeframe } from "../../engine/time/mod.ts";
