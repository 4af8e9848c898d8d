// Is the best of many strategies better than a benchmark, or only the luckiest? White (2000), "A Reality Check for Data
// Snooping"; Hansen (2005), "A Test for Superior Predictive Ability". Both by the stationary bootstrap.
import { InputError } from "../errors/mod.ts";
import { elementary, mean } from "../metrics/mod.ts";
import { periodsOf, type ReturnsMatrix } from "./returns_matrix.ts";
import { type BootstrapSettings, forEachBootstrapMean, statedBootstrap } from "./stationary_bootstrap.ts";

/** Share of the mean square that is rounding: returns with a smaller variance do not vary. */
const ROUNDING = 1e-26;

/** What both tests are told. */
export interface SnoopingSettings extends BootstrapSettings {
  /** Returns of what is to be beaten over the same periods; cash, 0, unless stated. */
  readonly benchmark?: ArrayLike<number>;
}

/** Result of {@linkcode realityCheck}. */
export interface RealityCheck {
  /** √n × the largest mean return above the benchmark. */
  readonly statistic: number;
  /** Number of the strategy that has it. */
  readonly best: number;
  /** Probability of a statistic as large when no strategy is better than the benchmark. */
  readonly pValue: number;
}

/** Result of {@linkcode superiorPredictiveAbility}. */
export interface SuperiorPredictiveAbility {
  /** The largest √n × mean ÷ its standard deviation, at least 0. */
  readonly statistic: number;
  /** Number of the strategy that has it. */
  readonly best: number;
  /**
   * Three p-values for which strategies are poor enough to leave out: `lower` takes all that lost for as good as the
   * benchmark's equals, `consistent` forgets those that lost clearly, `upper` lets all compete. `consistent` is the one to
   * use; far apart they say that many poor strategies are among the trials.
   */
  readonly lower: number;
  readonly consistent: number;
  readonly upper: number;
}

/**
 * White's reality check. Poor strategies among the trials make it milder than it should be; see
 * {@linkcode superiorPredictiveAbility}.
 *
 * @throws {InputError} `overfitting` of no strategies or fewer than 3 periods; `returns` of a matrix with holes.
 */
export function realityCheck(returns: ReturnsMatrix, settings: SnoopingSettings): RealityCheck {
  const excess = aboveBenchmark(returns, settings.benchmark), means = excess.map((column) => mean(column)!);
  const best = means.indexOf(Math.max(...means)), root = Math.sqrt(excess[0]!.length);
  let asLarge = 0;
  const resamples = forEachBootstrapMean(excess, settings, (drawn) => {
    let most = -Infinity;
    for (let j = 0; j < drawn.length; j++) most = Math.max(most, drawn[j]! - means[j]!);
    if (most >= means[best]!) asLarge++;
  });
  return { statistic: root * means[best]!, best, pValue: asLarge / resamples };
}

/**
 * Hansen's test for superior predictive ability: each mean in units of its own standard deviation, by the exact variance
 * of the stationary bootstrap. Strategies whose returns do not vary take no part.
 *
 * @throws {InputError} As {@linkcode realityCheck}.
 */
export function superiorPredictiveAbility(
  returns: ReturnsMatrix,
  settings: SnoopingSettings,
): SuperiorPredictiveAbility {
  const excess = aboveBenchmark(returns, settings.benchmark), periods = excess[0]!.length, root = Math.sqrt(periods);
  const { meanBlockPeriods } = statedBootstrap(periods, settings);
  const weights = lagWeights(periods, meanBlockPeriods), means = excess.map((column) => mean(column)!);
  const scales = excess.map((column, j) => root / deviationOf(column, means[j]!, weights)); // 0 where nothing varies
  const scaled = means.map((mean, j) => mean * scales[j]!);
  const best = scaled.indexOf(Math.max(...scaled)), statistic = Math.max(0, scaled[best]!);
  const poor = -Math.sqrt(2 * elementary.log(elementary.log(periods)));
  const centres = {
    lower: means.map((mean) => Math.max(mean, 0)),
    consistent: means.map((mean, j) => scaled[j]! >= poor ? mean : 0),
    upper: means,
  };
  const larger = { lower: 0, consistent: 0, upper: 0 }, names = ["lower", "consistent", "upper"] as const;
  const resamples = forEachBootstrapMean(excess, settings, (drawn) => {
    for (const name of names) if (exceeds(drawn, centres[name], scales, statistic)) larger[name]++;
  });
  return {
    statistic,
    best,
    lower: larger.lower / resamples,
    consistent: larger.consistent / resamples,
    upper: larger.upper / resamples,
  };
}

/** True when the statistic of a drawn history, at least 0, is above the one that was found. */
function exceeds(drawn: Float64Array, centres: readonly number[], scales: readonly number[], found: number): boolean {
  for (let j = 0; j < drawn.length; j++) if ((drawn[j]! - centres[j]!) * scales[j]! > found) return true;
  return false;
}

function aboveBenchmark(returns: ReturnsMatrix, benchmark?: ArrayLike<number>): Float64Array[] {
  const periods = periodsOf(benchmark ? [...returns, benchmark] : returns);
  if (returns.length === 0) {
    throw new InputError("overfitting", "there are no strategies: give the returns of all trials");
  }
  if (periods < 3) throw new InputError("overfitting", `${periods} returns are too few: give a longer history`);
  return returns.map((column) => Float64Array.from(column, (value, i) => value - (benchmark?.[i] ?? 0)));
}

/** By lag i: (n − i) ÷ n × (1 − p)^i + i ÷ n × (1 − p)^(n − i), how much of a covariance the bootstrap keeps. */
function lagWeights(periods: number, meanBlockPeriods: number): Float64Array {
  const goOn = 1 - 1 / meanBlockPeriods, powers = new Float64Array(periods + 1).fill(1);
  for (let i = 1; i <= periods; i++) powers[i] = powers[i - 1]! * goOn;
  return Float64Array.from(
    { length: periods },
    (_, i) => ((periods - i) * powers[i]! + i * powers[periods - i]!) / periods,
  );
}

/** Standard deviation of √n × the mean over drawn histories; ∞ where returns do not vary, which takes a column out. */
function deviationOf(column: Float64Array, mean: number, weights: Float64Array): number {
  const n = column.length, distances = column.map((value) => value - mean);
  let variance = 0, squares = 0;
  for (let lag = 0; lag < n; lag++) {
    let covariance = 0;
    for (let i = lag; i < n; i++) covariance += distances[i]! * distances[i - lag]!;
    variance += (lag === 0 ? 1 : 2) * weights[lag]! * covariance / n;
  }
  for (const value of column) squares += value * value;
  return variance > ROUNDING * squares / n ? Math.sqrt(variance) : Infinity;
}
