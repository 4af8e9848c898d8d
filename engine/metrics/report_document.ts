import type { AmbiguousExit, OpenTrade, Trade } from "../portfolio/mod.ts";
import type { MetricGroup, MetricUnit } from "./metric_catalog.ts";
import type { PortfolioReport, RollingTable } from "./portfolio_report.ts";
import type { TailRisk } from "./tail_risk.ts";

/** Version of {@linkcode ReportDocument}: it grows when a reader of older documents would misread a new one. */
export const REPORT_VERSION = 1;

/**
 * A run as plain JSON that any page can draw without knowing the engine. Numbers are finite or null; times are
 * milliseconds since 1970 in UTC; fractions are fractions (0.05 is 5 %); columns of one table are equally long.
 */
export interface ReportDocument {
  readonly version: typeof REPORT_VERSION;
  /** Strategy, markets and timeframe in a line. */
  readonly title: string;
  readonly identity: ReportIdentity;
  /** Moments between which the account is shown, and what it held at both; null of a run without a candle. */
  readonly period: ReportPeriod | null;
  /** What is taken for granted and what to be careful about, in sentences. */
  readonly warnings: readonly string[];
  /** Figures by group, in the order in which a reader wants them. */
  readonly metrics: readonly MetricSection[];
  readonly equity: EquityTable;
  readonly worstDrawdowns: readonly DrawdownRow[];
  readonly monthlyReturns: readonly YearRow[];
  readonly dailyReturns: HistogramTable | null;
  /** How much a day or ten may lose, by method and confidence. */
  readonly tailRisk: readonly TailRisk[];
  /** Figures over windows that move along the run; none of a run too short for them. */
  readonly rolling: readonly RollingTable[];
  /** Allocation, contributions and correlations; null of a run that was kept without its holdings. */
  readonly portfolio: PortfolioReport | null;
  readonly trades: readonly TradeRow[];
  /** What was still held at the last close. */
  readonly openTrades: readonly Readonly<OpenTrade>[];
  /** Exits whose candle leaves open what came first. */
  readonly ambiguousExits: readonly AmbiguousExit[];
  /** How many signals became orders and fills, stage by stage, and why others did not. */
  readonly funnel: readonly FunnelRow[];
  /** Prices of each market, merged to few enough candles to draw; empty when the report was made without candles. */
  readonly prices: readonly PriceTable[];
}

/** What was run, exactly. */
export interface ReportIdentity {
  /** SHA-256 of the run. */
  readonly hash: string;
  readonly engineVersion: string;
  readonly strategy: string;
  readonly strategyHash: string;
  readonly timeframe: string;
  /** The run's manifest: a spec that repeats it. */
  readonly spec: unknown;
  /** The candles used of each market. */
  readonly data: readonly ReportedData[];
}

/** The candles that a run used of one market; open times of the first and the last one fed. */
export interface ReportedData {
  readonly instrument: string;
  readonly sha256: string;
  readonly candles: number;
  readonly originMs: number;
  readonly lastMs: number;
}

/** From the first decision to the last close, in quote units. */
export interface ReportPeriod {
  readonly fromMs: number;
  readonly toMs: number;
  readonly startingCash: number;
  readonly finalEquity: number;
}

/** The figures of one group. */
export interface MetricSection {
  readonly group: MetricGroup;
  readonly title: string;
  readonly entries: readonly MetricEntry[];
}

/** One figure with what a reader has to know of it. */
export interface MetricEntry {
  readonly name: string;
  readonly label: string;
  /** Null where the figure is not defined: too few returns, no variance, no losing trade. */
  readonly value: number | null;
  /** How to write the value: a `fraction` as a percentage, `days` as days … */
  readonly unit: MetricUnit;
  /** Formula and convention in a sentence. */
  readonly convention: string;
  /** The benchmark's figure, where one was given and has it. */
  readonly benchmark: number | null;
}

/**
 * The account over time. Long runs are thinned to the points that a drawing shows: the lowest and highest equity and
 * the deepest drawdown of each stretch, and the first and last point.
 */
export interface EquityTable {
  /** Closing times of candles; the first is the start, before any candle. */
  readonly timeMs: readonly number[];
  readonly equity: readonly number[];
  /** Equity ÷ its highest value so far − 1, at most 0. */
  readonly drawdownFraction: readonly number[];
  /** Equity of the benchmark at these times, from the same starting cash; null without one. */
  readonly benchmarkEquity: readonly number[] | null;
  readonly benchmarkLabel: string | null;
  /** Points of the run before thinning, the start included. */
  readonly pointsInRun: number;
}

/** One stretch below a peak of the equity. */
export interface DrawdownRow {
  readonly peakMs: number;
  readonly valleyMs: number;
  /** First time at or above the peak; null while it has not recovered. */
  readonly recoveryMs: number | null;
  /** Valley ÷ peak − 1, below 0. */
  readonly depthFraction: number;
  /** From the peak to the recovery, or to the end of the run. */
  readonly lengthDays: number;
}

/** Returns of one calendar year in UTC. */
export interface YearRow {
  readonly year: number;
  /** January first; null for months that the run does not touch. */
  readonly monthFractions: readonly (number | null)[];
  readonly yearFraction: number;
}

/** How often which daily return came; bins are equally wide and hold `edges[i]` ≤ r < `edges[i + 1]`, the last one both edges. */
export interface HistogramTable {
  /** One more than there are bins, ascending, 0 among them. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** A trade as the trade table shows it: the run's own trade, numbered in order of exit from 1. */
export type TradeRow = { readonly number: number } & Readonly<Trade>;

/** Where on the way from a signal to a fill something is counted. */
export type FunnelStage = "signals" | "risk" | "rounding" | "orders" | "fills";

/** One count on that way. */
export interface FunnelRow {
  readonly stage: FunnelStage;
  /** Its name in the run's notes: `signals:enter`, `refused:CODE`, `shrunk:CODE`, `orders:entry`, `ended:entry:filled` … */
  readonly step: string;
  /** The same in words. */
  readonly label: string;
  readonly count: number;
  /** True where something did not go on as it was asked for. */
  readonly lost: boolean;
}

/** Candles of one market, merged in stretches of equal count so that extremes stay. */
export interface PriceTable {
  readonly instrument: string;
  /** Candles of the run in each row, the last row perhaps fewer. */
  readonly candlesPerRow: number;
  readonly openTimeMs: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
}
