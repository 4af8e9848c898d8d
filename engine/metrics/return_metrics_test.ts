import assert from "node:assert/strict";
import fc from "fast-check";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";
import { assertClose } from "../testing/assert_close.ts";
import {
  drawdownColumn,
  drawdownsOf,
  longestDrawdown,
  probabilisticSharpe,
  RETURN_METRICS,
  type ReturnMetricName,
  returnMetrics,
  returnsOf,
  worstDrawdowns,
} from "./mod.ts";
import { growth } from "./returns.ts";

const DAY_MS = 86_400_000;

interface Golden {
  readonly series: { readonly dates: string[]; readonly returns: number[] };
  readonly explicit: Record<string, Record<string, { value: number | string | null }>>;
  readonly libraries: Record<string, Record<string, Record<string, number>>>;
}
const FILES = ["metrics_btcusdt_1d_2018_2025.json", "metrics_btcusdt_1d_2022.json"];
const goldens = FILES.flatMap((name): Golden[] => {
  const path = sharedPath(`goldens/${name}`);
  return path === undefined ? [] : [JSON.parse(Deno.readTextFileSync(path))];
});

/** The reference's name of each figure, and ours. */
const EXPLICIT: Record<string, ReturnMetricName> = {
  n_returns: "returnCount",
  total_return: "totalReturnFraction",
  cagr: "cagrFraction",
  cagr_calendar_365_25: "cagrCalendarFraction",
  arith_mean_annual: "arithmeticAnnualReturnFraction",
  volatility_ddof1: "volatilityFraction",
  volatility_ddof0: "volatilityDdof0Fraction",
  sharpe_ddof1: "sharpe",
  sharpe_ddof0: "sharpeDdof0",
  downside_deviation: "downsideDeviationFraction",
  sortino: "sortino",
  max_drawdown: "maxDrawdownFraction",
  longest_underwater_days: "longestUnderwaterPeriods",
  calmar: "calmar",
  omega_0: "omega",
  var_95_historical: "valueAtRisk95Fraction",
  var_99_historical: "valueAtRisk99Fraction",
  cvar_95_historical: "conditionalValueAtRisk95Fraction",
  var_95_normal: "normalValueAtRisk95Fraction",
  cvar_95_normal: "normalConditionalValueAtRisk95Fraction",
  ulcer_index_n: "ulcerIndexFraction",
  ulcer_index_n_minus_1: "ulcerIndexNMinus1Fraction",
  tail_ratio: "tailRatio",
  skew_population: "skewness",
  skew_adjusted: "skewnessAdjusted",
  kurtosis_excess_population: "excessKurtosis",
  kurtosis_excess_adjusted: "excessKurtosisAdjusted",
  win_rate: "periodWinRateFraction",
  profit_factor: "periodProfitFactor",
  payoff_ratio: "periodPayoffRatio",
  expectancy: "periodExpectancyFraction",
  kelly: "periodKellyFraction",
  sqn: "periodSqn",
  best: "bestPeriodFraction",
  worst: "worstPeriodFraction",
  gain_to_pain: "gainToPain",
  geometric_mean: "geometricMeanFraction",
};
/** Figures of the libraries that the reference's own formulas do not have. */
const QUANTSTATS: Record<string, ReturnMetricName> = {
  adjusted_sortino: "sortinoAdjusted",
  ulcer_performance_index: "ulcerPerformanceIndex",
  common_sense_ratio: "commonSenseRatio",
  avg_win: "averageWinningPeriodFraction",
  avg_loss: "averageLosingPeriodFraction",
  consecutive_wins: "longestWinningPeriods",
  consecutive_losses: "longestLosingPeriods",
};

type Comparison = [what: string, actual: number | string | null, expected: number | string | null];

/** Every comparison with a reference. */
function comparisons(): Comparison[] {
  return goldens.flatMap(({ series: { dates, returns }, explicit, libraries }) => {
    const days = (Date.parse(dates.at(-1)!) - Date.parse(dates[0]!)) / DAY_MS + 1;
    const drawdowns = drawdownsOf(drawdownColumn(growth(returns), 1));
    const deepest = worstDrawdowns(drawdowns, 1)[0]!, longest = longestDrawdown(drawdowns)!;
    const dateOf = (index: number | null) => index === null ? null : index < 0 ? "before first return" : dates[index]!;
    const dated: Record<string, string | null> = {
      max_drawdown_peak_date: dateOf(deepest.peakIndex),
      max_drawdown_valley_date: dateOf(deepest.valleyIndex),
      max_drawdown_recovery_date: dateOf(deepest.recoveryIndex),
      longest_underwater_peak_date: dateOf(longest.peakIndex),
      longest_underwater_end_date: dateOf(longest.recoveryIndex ?? returns.length - 1),
    };
    return ["365", "252"].flatMap((year): Comparison[] => {
      const periodsPerYear = Number(year), values = explicit[year]!, library = libraries[year]!;
      const plain = returnMetrics(returns, { periodsPerYear }, days);
      const excess = returnMetrics(returns, { periodsPerYear, riskFreeAnnualFraction: 0.04 });
      const required = returnMetrics(returns, { periodsPerYear, requiredAnnualFraction: 0.2 });
      return [
        ...Object.entries(values).map(([name, { value }]): Comparison => [
          `${name} (${year})`,
          name === "sharpe_rf4pct_geometric_ddof1"
            ? excess.sharpe
            : name in dated
            ? dated[name]!
            : plain[EXPLICIT[name]!],
          value,
        ]),
        ...Object.entries(QUANTSTATS).map(([name, ours]): Comparison => [
          `quantstats ${name} (${year})`,
          plain[ours],
          library.quantstats![name]!,
        ]),
        // quantstats gives the size of the sum only.
        ["recovery_factor", Math.abs(plain.recoveryFactor!), library.quantstats!.recovery_factor!],
        ["stability_of_timeseries", plain.stabilityRSquared, library.empyrical!.stability_of_timeseries!],
        ["omega_ratio_req_20pct", required.omega, library.empyrical!.omega_ratio_req_20pct!],
      ];
    });
  });
}

const compared = comparisons();
Deno.test(`${compared.length} figures of return series equal the references to 1e-9`, () => {
  if (!requireOrSkip("goldens", compared.length > 0, FILES.join(" and "))) return;
  for (const [what, actual, expected] of compared) {
    if (typeof expected === "number" && typeof actual === "number") assertClose(actual, expected, what);
    else assert.equal(actual, expected, what);
  }
});

const overfitting = sharedPath("goldens/overfitting.json");
const examples: { kind: string; inputs: Record<string, number>; full_precision: number }[] = overfitting === undefined
  ? []
  : JSON.parse(Deno.readTextFileSync(overfitting)).worked_examples.filter(({ kind }: { kind: string }) =>
    kind === "psr"
  );
Deno.test(`${examples.length} published probabilistic Sharpe ratios come out`, () => {
  if (!requireOrSkip("goldens", examples.length > 0, "goldens/overfitting.json")) return;
  for (const { inputs: { sr, n, skew, kurtosis, benchmark = 0 }, full_precision } of examples) {
    const actual = probabilisticSharpe({ sharpe: sr!, count: n!, skewness: skew!, kurtosis: kurtosis! }, benchmark);
    assertClose(actual!, full_precision, JSON.stringify({ sr, n }), 1e-12);
  }
});

Deno.test("the figures of +10 %, −20 %, +10 % are those of a calculation by hand", () => {
  const figures = returnMetrics([0.1, -0.2, 0.1], { periodsPerYear: 3 });
  // 1.1 × 0.8 × 1.1 = 0.968
  assertClose(figures.totalReturnFraction!, -0.032, "total return");
  assertClose(figures.cagrFraction!, -0.032, "three periods a year: the year is the whole");
  // From the peak 1.1 to 0.88, and to 0.968 at the end, below the peak: two periods under water.
  assertClose(figures.maxDrawdownFraction!, -0.2, "drawdown");
  assert.equal(figures.longestUnderwaterPeriods, 2);
  // Mean 0; squares from the mean 0.01 + 0.04 + 0.01 = 0.06; ÷ 2 = 0.03; × 3 a year = 0.09; its root 0.3.
  assertClose(figures.volatilityFraction!, 0.3, "volatility");
  assert.ok(Math.abs(figures.sharpe!) < 1e-15);
  // √(0.04 ÷ 3) × √3 = 0.2
  assertClose(figures.downsideDeviationFraction!, 0.2, "downside");
  assertClose(figures.periodProfitFactor!, 1, "0.2 won, 0.2 lost");
  assertClose(figures.periodPayoffRatio!, 0.5, "0.1 won at a time, 0.2 lost at a time");
  assertClose(figures.periodWinRateFraction!, 2 / 3, "two of three");
});

const anyReturns = fc.array(fc.double({ min: -0.9, max: 2, noNaN: true }), { maxLength: 60 });
const counts: ReadonlySet<string> = new Set(["returnCount", "drawdownCount", "longestUnderwaterPeriods"]);

Deno.test("every figure is a finite number or null, and null without returns", () => {
  fc.assert(fc.property(anyReturns, (returns) => {
    for (const [name, value] of Object.entries(returnMetrics(returns, {}, returns.length))) {
      assert.ok(value === null || Number.isFinite(value), `${name} is ${value}`);
    }
  }));
  for (const [name, value] of Object.entries(returnMetrics([]))) {
    assert.ok(value === null || value === 0 && (counts.has(name) || name.startsWith("longest")), `${name} is ${value}`);
  }
});

Deno.test("one return has no annual figure, no risk and no ratio", () => {
  const figures = returnMetrics([0.01]);
  assertClose(figures.totalReturnFraction!, 0.01, "total");
  const { cagrFraction, volatilityFraction, sharpe, sortino, calmar, valueAtRisk95Fraction } = figures;
  assert.deepEqual(
    [cagrFraction, volatilityFraction, sharpe, sortino, calmar, valueAtRisk95Fraction],
    Array(6).fill(null),
  );
});

Deno.test("equal returns have no variance, whatever rounding makes of their mean: no Sharpe ratio, no skewness", () => {
  const steady = Array.from({ length: 1000 }, (_, i) => 100 * 1.001 ** i);
  for (const returns of [Array(7).fill(0.1), returnsOf(steady.slice(1), steady[0]!)]) assertNoVariance(returns);
});

function assertNoVariance(returns: ArrayLike<number>): void {
  const figures = returnMetrics(returns);
  const { volatilityFraction, sharpe, periodSqn, skewness, excessKurtosis, sortino, calmar } = figures;
  assert.equal(volatilityFraction, 0);
  assert.deepEqual([sharpe, periodSqn, skewness, excessKurtosis, sortino, calmar], Array(6).fill(null));
}

Deno.test("losing everything and more is a finite report", () => {
  assert.equal(returnMetrics([0.1, -1]).totalReturnFraction, -1);
  assert.equal(returnMetrics([0.1, -1]).cagrFraction, -1);
  assert.equal(returnMetrics([0.1, -1.5]).cagrFraction, null);
  assert.equal(returnMetrics([0.1, -1, 0.5]).maxDrawdownFraction, -1);
});

Deno.test("drawdowns are at most 0, do not depend on the scale, and a prefix has the same ones", () => {
  const path = fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(fc.property(path, fc.nat(59), (equity, cut) => {
    const column = drawdownColumn(equity, equity[0]!);
    assert.ok(column.every((value) => value <= 0 && value > -1));
    // Powers of two scale without rounding.
    assert.deepEqual(drawdownColumn(equity.map((value) => value * 1024), equity[0]! * 1024), column);
    assert.deepEqual(drawdownColumn(equity.slice(0, cut), equity[0]!), column.slice(0, cut));
    const drawdowns = drawdownsOf(column);
    assert.equal(worstDrawdowns(drawdowns, 1)[0]?.depthFraction ?? 0, Math.min(0, ...column));
    assert.equal(
      drawdowns.reduce((count, own) => count + own.lengthPeriods - (own.recoveryIndex === null ? 0 : 1), 0),
      column.filter((value) => value < 0).length,
    );
  }));
});

Deno.test("Sharpe and its kin do not depend on the unit of risk, and those without order on the order", () => {
  const onGrid = fc.array(fc.integer({ min: -900, max: 2000 }).map((steps) => steps / 1024), { maxLength: 60 });
  fc.assert(fc.property(onGrid, (returns) => {
    const once = returnMetrics(returns), reversed = returnMetrics(returns.toReversed());
    const names: ReturnMetricName[] = [
      "valueAtRisk95Fraction",
      "tailRatio",
      "bestPeriodFraction",
      "worstPeriodFraction",
    ];
    for (const name of names) assert.equal(reversed[name], once[name], name);
    const halved = returnMetrics(returns.map((value) => value / 2));
    assert.deepEqual([halved.sharpe, halved.sortino, halved.omega], [once.sharpe, once.sortino, once.omega]);
  }));
});

Deno.test("each figure has its text", () => {
  assert.deepEqual(Object.keys(returnMetrics([])).sort(), Object.keys(RETURN_METRICS).sort());
});
