import { type CandleColumns, rowAtOrAfter } from "../market/mod.ts";
import type { AmbiguousExit, EquityCurve, Holdings, OpenTrade, Trade } from "../portfolio/mod.ts";
import { DAY_MS, formatTimestamp, type TimestampMs } from "../time/mod.ts";
import { benchmarkMetrics } from "./benchmark.ts";
import { curveStartMs, type DailyReturns, dailyReturns } from "./daily_returns.ts";
import { type Drawdown, drawdownColumn, drawdownsOf, worstDrawdowns } from "./drawdown.ts";
import type { Figure } from "./figure.ts";
import { funnelRows } from "./funnel.ts";
import { histogram } from "./histogram.ts";
import { METRIC_GROUPS, type MetricGroup, METRICS } from "./metric_catalog.ts";
import { monthlyTable } from "./monthly_table.ts";
import { portfolioReport, rollingTables, tailRiskTable } from "./portfolio_report.ts";
import {
  type DrawdownRow,
  type EquityTable,
  type MetricSection,
  type PriceTable,
  REPORT_VERSION,
  type ReportDocument,
  type ReportedData,
} from "./report_document.ts";
import { drawdownTimes } from "./run_metrics.ts";
import { type NamedStrategies, strategyTitle } from "./strategy_title.ts";
import { rowsToKeep } from "./thinning.ts";

const WORST_DRAWDOWNS = 10;
/** Below these, figures say little; the report then says so. */
const DAYS_OF_A_YEAR = 365, TRADES_FOR_STATISTICS = 30;

/** What a report needs to know of a run; a run record has all of it. */
export interface ReportedRun {
  readonly manifest: NamedStrategies & {
    readonly markets: readonly { readonly exchange: string; readonly symbol: string }[];
    readonly timeframe: string;
    readonly account: { readonly cashQuote: number };
    readonly run: {
      readonly hash: string;
      readonly engineVersion: string;
      readonly strategyHash: string;
      readonly data: readonly ReportedData[];
    };
  };
  readonly trades: readonly Trade[];
  readonly equity: EquityCurve;
  readonly holdings?: Holdings;
  readonly metrics: Readonly<Record<string, Figure>>;
  readonly notes: {
    readonly warnings: readonly string[];
    readonly openTrades: readonly OpenTrade[];
    readonly ambiguousExits?: readonly AmbiguousExit[];
    readonly funnel: Readonly<Record<string, number>>;
    /** Where more than the cash was there at the start. */
    readonly startingEquityQuote?: number;
  };
}

/** What else a report may show. */
export interface ReportOptions {
  /** A run over the same time to compare with: usually buy-and-hold. */
  readonly benchmark?: ReportedRun;
  /** Candles of the run's markets, for the prices. */
  readonly candles?: readonly CandleColumns[];
  /** Most points of the equity and most candles of each market; 2,000 unless stated. */
  readonly maxPoints?: number;
}

/** The document that pages show of a run: a pure function of it, so the same run gives the same bytes. */
export function reportDocument(
  run: ReportedRun,
  { benchmark, candles = [], maxPoints = 2000 }: ReportOptions = {},
): ReportDocument {
  const { manifest, equity, metrics } = run;
  const startingCash = startingEquityOf(run), closes = equity.closeTimeMs.length;
  const daily = dailyReturns(equity, startingCash);
  const column = drawdownColumn(equity.equity, startingCash);
  const fromMs = closes === 0 ? null : curveStartMs(equity);
  const other = benchmark && dailyReturns(benchmark.equity, startingEquityOf(benchmark));
  const against = other && compare(daily, other);
  const { holdings, trades, notes: { openTrades } } = run;
  return {
    version: REPORT_VERSION,
    title: `${strategyTitle(manifest)} · ${
      manifest.markets.map(({ symbol }) => symbol).join(", ")
    } · ${manifest.timeframe}`,
    identity: {
      hash: manifest.run.hash,
      engineVersion: manifest.run.engineVersion,
      strategy: strategyTitle(manifest),
      strategyHash: manifest.run.strategyHash,
      timeframe: manifest.timeframe,
      spec: manifest,
      data: manifest.run.data,
    },
    period: fromMs === null
      ? null
      : { fromMs, toMs: equity.closeTimeMs[closes - 1]!, startingCash, finalEquity: equity.equity[closes - 1]! },
    warnings: [...run.notes.warnings, ...caveats(run, daily)],
    metrics: sections({ ...metrics, ...against }, benchmark?.metrics ?? {}),
    equity: equityTable(run, column, maxPoints, benchmark),
    worstDrawdowns: worstDrawdowns(drawdownsOf(column), WORST_DRAWDOWNS).map((own) => drawdownRow(own, equity)),
    monthlyReturns: monthlyTable(daily.dayMs, daily.returns),
    dailyReturns: histogram(daily.returns),
    tailRisk: tailRiskTable(daily),
    rolling: rollingTables(daily, other ?? null),
    portfolio: holdings === undefined
      ? null
      : portfolioReport({ holdings, equity, trades, openTrades, startingCash }, daily, maxPoints),
    trades: trades.map((trade, i) => ({ number: i + 1, ...trade })),
    openTrades,
    ambiguousExits: run.notes.ambiguousExits ?? [],
    funnel: funnelRows(run.notes.funnel),
    prices: fromMs === null ? [] : candles.map((own) => priceTable(own, fromMs as TimestampMs, maxPoints)),
  };
}

/** Equity before the first candle. */
export function startingEquityOf({ manifest, notes }: ReportedRun): number {
  return notes.startingEquityQuote ?? manifest.account.cashQuote;
}

/** Figures against the benchmark over the days that both have. */
function compare(own: DailyReturns, other: DailyReturns): Readonly<Record<string, Figure>> {
  const byDay = new Map(Array.from(other.dayMs, (day, i) => [day, other.returns[i]!]));
  const days = Array.from(own.dayMs.keys()).filter((i) => byDay.has(own.dayMs[i]!));
  return benchmarkMetrics(days.map((i) => own.returns[i]!), days.map((i) => byDay.get(own.dayMs[i]!)!));
}

function sections(
  metrics: Readonly<Record<string, Figure>>,
  benchmark: Readonly<Record<string, Figure>>,
): MetricSection[] {
  const known = Object.entries(METRICS).filter(([name]) => name in metrics);
  return (Object.keys(METRIC_GROUPS) as MetricGroup[]).map((group) => ({
    group,
    title: METRIC_GROUPS[group],
    entries: known.filter(([, own]) => own.group === group).map(([name, { label, unit, convention }]) => ({
      name,
      label,
      value: metrics[name]!,
      unit,
      convention,
      benchmark: benchmark[name] ?? null,
    })),
  })).filter(({ entries }) => entries.length > 0);
}

function equityTable(
  run: ReportedRun,
  column: Float64Array,
  maxPoints: number,
  benchmark: ReportedRun | undefined,
): EquityTable {
  const { equity: curve } = run, cash = startingEquityOf(run), closes = curve.closeTimeMs.length;
  const timeMs = after(closes === 0 ? 0 : curveStartMs(curve), curve.closeTimeMs);
  const equity = after(cash, curve.equity), drawdown = after(0, column);
  const other = benchmark && equityAt(benchmark, timeMs, cash);
  const rows = closes === 0 ? [] : rowsToKeep(other ? [equity, drawdown, other] : [equity, drawdown], maxPoints);
  const kept = (values: Float64Array) => rows.map((row) => values[row]!);
  return {
    timeMs: kept(timeMs),
    equity: kept(equity),
    drawdownFraction: kept(drawdown),
    benchmarkEquity: other ? kept(other) : null,
    benchmarkLabel: benchmark ? strategyTitle(benchmark.manifest) : null,
    pointsInRun: closes === 0 ? 0 : timeMs.length,
  };
}

/** The column with one value before it. */
function after(first: number, column: Float64Array): Float64Array {
  const whole = new Float64Array(column.length + 1);
  whole[0] = first;
  whole.set(column, 1);
  return whole;
}

/** Equity of a run at other moments, as if it had begun with `cash`. */
function equityAt(run: ReportedRun, timeMs: Float64Array, cash: number): Float64Array {
  const { equity: curve } = run, scale = cash / startingEquityOf(run);
  let row = 0, value = cash;
  return timeMs.map((time) => {
    while (row < curve.closeTimeMs.length && curve.closeTimeMs[row]! <= time) value = curve.equity[row++]! * scale;
    return value;
  });
}

function drawdownRow(own: Drawdown, curve: EquityCurve): DrawdownRow {
  const times = drawdownTimes(own, curve);
  const endMs = times.recoveryMs ?? curve.closeTimeMs.at(-1)!;
  return { ...times, depthFraction: own.depthFraction, lengthDays: (endMs - times.peakMs) / DAY_MS };
}

/** Candles from `fromMs` on, merged `candlesPerRow` at a time: first open, highest high, lowest low, last close. */
function priceTable(candles: CandleColumns, fromMs: TimestampMs, maxRows: number): PriceTable {
  const first = rowAtOrAfter(candles, fromMs), count = candles.length - first;
  const candlesPerRow = Math.max(1, Math.ceil(count / maxRows));
  const starts = Array.from({ length: Math.ceil(count / candlesPerRow) }, (_, i) => first + i * candlesPerRow);
  const end = (start: number) => Math.min(start + candlesPerRow, candles.length);
  const most = (column: Float64Array, start: number, sign: 1 | -1) =>
    column.subarray(start, end(start)).reduce((best, value) => sign * value > sign * best ? value : best);
  return {
    instrument: candles.instrument.id,
    candlesPerRow,
    openTimeMs: starts.map((start) => candles.openTimeMs[start]!),
    open: starts.map((start) => candles.open[start]!),
    high: starts.map((start) => most(candles.high, start, 1)),
    low: starts.map((start) => most(candles.low, start, -1)),
    close: starts.map((start) => candles.close[end(start) - 1]!),
  };
}

/** What a careful reader would ask about the figures. */
function caveats({ trades, equity }: ReportedRun, { dayMs, returns }: DailyReturns): string[] {
  const found = ["Ratios use the equity at 00:00 UTC, 365 days a year and no risk-free return."];
  const days = returns.length;
  if (days < DAYS_OF_A_YEAR) found.push(`The run covers ${days} days: annual figures stretch them to a year.`);
  if (trades.length < TRADES_FOR_STATISTICS) {
    found.push(`${trades.length} trades were closed: figures of trades say little below ${TRADES_FOR_STATISTICS}.`);
  }
  const lastDay = days === 0 ? undefined : dayMs[days - 1]!;
  if (lastDay !== undefined && !(equity.equity.at(-1)! > 0)) {
    found.push(
      `The equity was used up on ${formatTimestamp(lastDay as TimestampMs).slice(0, 10)}; daily returns end there.`,
    );
  }
  return found;
}
