import { InputError } from "../errors/mod.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import { drawdownColumn, drawdownsOf, worstDrawdowns } from "./drawdown.ts";
import { RETURN_METRICS, type ReturnMetricName } from "./metric_catalog.ts";
import { monthlyTable } from "./monthly_table.ts";
import type { ReturnSeries } from "./read_returns.ts";
import type { YearRow } from "./report_document.ts";
import { type ReturnMetrics, returnMetrics } from "./return_metrics.ts";
import { ascendingOf, quantile } from "./value_at_risk.ts";
import { type AnnualBasis, DAILY_BASIS, growth } from "./returns.ts";

const WORST_DRAWDOWNS = 10;

/** All that is said of a return series from anywhere, as JSON. */
export interface ReturnsReport {
  readonly series: {
    readonly column: string;
    readonly kind: "returns" | "equity";
    readonly returns: number;
    /** Times of the first and the last return; null of a table without times. */
    readonly from: string | null;
    readonly to: string | null;
  };
  readonly basis: AnnualBasis;
  /** What looks wrong in the table or the basis, in sentences. */
  readonly warnings: readonly string[];
  readonly metrics: ReturnMetrics;
  /** Formula and convention of each figure. */
  readonly conventions: Readonly<Record<ReturnMetricName, string>>;
  /** The ten deepest, deepest first. */
  readonly drawdowns: readonly ReturnsDrawdown[];
  /** By the times as the table states them; null of a table without times. */
  readonly monthlyReturns: readonly YearRow[] | null;
}

/** A drawdown by the numbers of its returns, 0 the first, −1 the start before it, and by their times where known. */
export interface ReturnsDrawdown {
  readonly peakIndex: number;
  readonly valleyIndex: number;
  readonly recoveryIndex: number | null;
  readonly peakTime: string | null;
  readonly valleyTime: string | null;
  readonly recoveryTime: string | null;
  readonly depthFraction: number;
  readonly lengthPeriods: number;
}

/**
 * Figures, drawdowns and months of a return series.
 *
 * @throws {InputError} `annual-basis` for periods a year that are not above 0 or a rate of −1 or less.
 */
export function returnsReport(series: ReturnSeries, basis: Partial<AnnualBasis> = {}): ReturnsReport {
  const full = { ...DAILY_BASIS, ...basis };
  const { periodsPerYear, riskFreeAnnualFraction, requiredAnnualFraction } = full;
  if (!(periodsPerYear > 0 && Number.isFinite(periodsPerYear))) {
    throw new InputError("annual-basis", `${periodsPerYear} periods a year make no year: 365 for days, 12 for months`);
  }
  for (const rate of [riskFreeAnnualFraction, requiredAnnualFraction]) {
    if (!(rate > -1 && Number.isFinite(rate))) {
      throw new InputError("annual-basis", `a yearly rate of ${rate} cannot be: 0.04 means 4 %`);
    }
  }
  const { column, kind, returns, timeMs, startMs, calendarDays } = series;
  const timeAt = (index: number | null) => {
    const time = index === null ? null : index < 0 ? startMs : timeMs?.[index] ?? null;
    return time === null ? null : formatTimestamp(time as TimestampMs).replace("T00:00:00Z", "");
  };
  const drawdowns = drawdownsOf(drawdownColumn(growth(returns), 1));
  return {
    series: { column, kind, returns: returns.length, from: timeAt(0), to: timeAt(returns.length - 1) },
    basis: full,
    warnings: warningsOf(series, full),
    metrics: returnMetrics(returns, full, calendarDays),
    conventions: Object.fromEntries(
      Object.entries(RETURN_METRICS).map(([name, { convention }]) => [name, convention]),
    ) as Record<ReturnMetricName, string>,
    drawdowns: worstDrawdowns(drawdowns, WORST_DRAWDOWNS).map((own) => ({
      peakIndex: own.peakIndex,
      valleyIndex: own.valleyIndex,
      recoveryIndex: own.recoveryIndex,
      peakTime: timeAt(own.peakIndex),
      valleyTime: timeAt(own.valleyIndex),
      recoveryTime: timeAt(own.recoveryIndex),
      depthFraction: own.depthFraction,
      lengthPeriods: own.lengthPeriods,
    })),
    monthlyReturns: timeMs && monthlyTable(timeMs, returns),
  };
}

/** Days of trading in a year lie between those of a stock exchange with holidays and all of them. */
const YEAR_DAYS = { least: 200, most: 400 };
/** A median size of returns beyond it means percentages, not fractions. */
const LARGEST_MEDIAN = 0.25;

function warningsOf({ kind, returns, stepDays }: ReturnSeries, { periodsPerYear }: AnnualBasis): string[] {
  const warnings: string[] = [];
  const yearDays = stepDays === null ? null : stepDays * periodsPerYear;
  if (yearDays !== null && (yearDays < YEAR_DAYS.least || yearDays > YEAR_DAYS.most)) {
    const rows = Math.max(1, Math.round(365 / stepDays!));
    warnings.push(
      `The rows make about ${rows} periods a year, not ${periodsPerYear}: annual figures are wrong unless that is set.`,
    );
  }
  if (kind === "returns" && quantile(ascendingOf(returns.map(Math.abs)), 0.5)! > LARGEST_MEDIAN) {
    warnings.push("Half of the returns are larger than 25 %: returns are fractions, 0.01 for 1 %.");
  }
  return warnings;
}
