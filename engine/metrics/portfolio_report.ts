// The parts of a report that look at the account as a portfolio: where its equity is, what its parts contribute, how
// they move together, and how its risk changes over time.
import {
  type EquityCurve,
  groupHoldings,
  type Holdings,
  type HoldingsGroup,
  type OpenTrade,
  type Trade,
} from "../portfolio/mod.ts";
import { type AllocationTable, allocationTable, bySize } from "./allocation.ts";
import { type AccountContributions, accountContributions } from "./contribution.ts";
import { correlationMatrix } from "./correlation.ts";
import { dailyContributions, type DailyHoldings, dailyHoldings, dailyMarketReturns } from "./daily_holdings.ts";
import type { DailyReturns } from "./daily_returns.ts";
import type { Figure } from "./figure.ts";
import { type RollingFigures, rollingFigures } from "./rolling.ts";
import { type RiskMethod, type TailRisk, tailRisk } from "./tail_risk.ts";
import { DAY_MS } from "../time/mod.ts";

/** What an account's books were to each other. */
export interface PortfolioReport extends AccountContributions {
  readonly allocation: AllocationTable;
  /** Correlations of the markets' daily returns; null of one market. */
  readonly marketCorrelation: CorrelationTable | null;
  /** Correlations of the markets' and of the strategies' daily contributions to the return; null of one. */
  readonly marketPnlCorrelation: CorrelationTable | null;
  readonly strategyPnlCorrelation: CorrelationTable | null;
}

/** Correlations of each with each, over the days that both have; at most 40, those with the largest positions. */
export interface CorrelationTable {
  readonly labels: readonly string[];
  /** Days of the run. */
  readonly days: number;
  readonly pearson: readonly (readonly Figure[])[];
  readonly spearman: readonly (readonly Figure[])[];
}

/** Rolling figures of daily returns, at most 500 windows, evenly chosen. */
export interface RollingTable extends RollingFigures {
  /** 00:00 UTC after the last day of each window. */
  readonly timeMs: readonly number[];
}

/** A run as far as its portfolio is concerned. */
export interface PortfolioRun {
  readonly holdings: Holdings;
  readonly equity: EquityCurve;
  readonly trades: readonly Trade[];
  readonly openTrades: readonly OpenTrade[];
  readonly startingCash: number;
}

const METHODS: readonly RiskMethod[] = ["historical", "normal", "cornish-fisher"];
const CONFIDENCES = [0.95, 0.99], HORIZONS_DAYS = [1, 10];
const ROLLING_WINDOWS_DAYS = [30, 90, 365];
/** Fewer windows than these make no line. */
const LEAST_WINDOWS = 30;
const MOST_WINDOWS = 500;
const MOST_CORRELATED = 40;

/** What the books of an account were to each other; null of a run that kept none of it. */
export function portfolioReport(run: PortfolioRun, days: DailyReturns, maxPoints: number): PortfolioReport | null {
  const { holdings, equity, startingCash } = run;
  const allocation = allocationTable(holdings, equity, maxPoints);
  if (allocation === null) return null;
  const daily = dailyHoldings(holdings, days, startingCash);
  const markets = bySize(groupHoldings(holdings, "instrument"));
  const prices = new Map(holdings.books.map(({ instrument, markPrice }) => [instrument as string, markPrice]));
  return {
    allocation,
    ...accountContributions(run, daily, equity.equity.at(-1)!),
    marketCorrelation: correlationTable(
      markets.map(({ label }) => [label, dailyMarketReturns(prices.get(label)!, daily)]),
    ),
    marketPnlCorrelation: pnlCorrelation(markets, daily),
    strategyPnlCorrelation: pnlCorrelation(bySize(groupHoldings(holdings, "strategy")), daily),
  };
}

/** Value at risk and its conditional form by each method, 95 % and 99 % confidence, one and ten days ahead. */
export function tailRiskTable({ returns }: DailyReturns): TailRisk[] {
  return HORIZONS_DAYS.flatMap((horizonPeriods) =>
    CONFIDENCES.flatMap((confidenceFraction) =>
      METHODS.map((method) => tailRisk(returns, { method, confidenceFraction, horizonPeriods }))
    )
  );
}

/** Rolling figures over 30, 90 and 365 days, as far as the run is long enough for a line of them. */
export function rollingTables({ dayMs, returns }: DailyReturns, benchmark: DailyReturns | null): RollingTable[] {
  const other = benchmark && onDays(dayMs, benchmark);
  return ROLLING_WINDOWS_DAYS.filter((window) => returns.length >= window + LEAST_WINDOWS).map((window) => {
    const { windowPeriods, ...columns } = rollingFigures(returns, window, other);
    const count = returns.length - window + 1, step = Math.ceil(count / MOST_WINDOWS);
    const kept = <T>(column: readonly T[]) => column.filter((_, i) => (count - 1 - i) % step === 0);
    return {
      windowPeriods,
      timeMs: kept(Array.from(dayMs.subarray(window - 1), (day) => day + DAY_MS)),
      sharpe: kept(columns.sharpe),
      sortino: kept(columns.sortino),
      volatilityFraction: kept(columns.volatilityFraction),
      maxDrawdownFraction: kept(columns.maxDrawdownFraction),
      beta: columns.beta && kept(columns.beta),
      benchmarkCorrelation: columns.benchmarkCorrelation && kept(columns.benchmarkCorrelation),
    };
  });
}

type Labelled = readonly [label: string, values: Float64Array];

function correlationTable(all: readonly Labelled[]): CorrelationTable | null {
  if (all.length < 2) return null;
  const series = all.slice(0, MOST_CORRELATED);
  const columns = series.map(([, values]) => values);
  return {
    labels: series.map(([label]) => label),
    days: columns[0]!.length,
    pearson: correlationMatrix(columns, "pearson"),
    spearman: correlationMatrix(columns, "spearman"),
  };
}

function pnlCorrelation(groups: readonly HoldingsGroup[], daily: DailyHoldings): CorrelationTable | null {
  return correlationTable(groups.map(({ label, pnlQuote }) => [label, dailyContributions(pnlQuote, daily)]));
}

/** The returns on these days; null when one of them is missing. */
function onDays(dayMs: Float64Array, { dayMs: other, returns }: DailyReturns): Float64Array | null {
  const byDay = new Map(Array.from(other, (day, i) => [day, returns[i]!]));
  return dayMs.every((day) => byDay.has(day)) ? dayMs.map((day) => byDay.get(day)!) : null;
}
