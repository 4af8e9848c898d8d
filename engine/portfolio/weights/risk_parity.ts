import { cholesky, solveCholesky } from "./cholesky.ts";
import { type Covariance, portfolioVariance, times } from "./covariance.ts";

/** Shares of the risk may differ by this much from an equal one, as a multiple of it. */
const TOLERANCE = 1e-10;
const MOST_STEPS = 200;

/**
 * Weights of which each contributes the same to the portfolio's variance; they sum to 1. They minimise ½·x'Cx − Σ ln x over
 * correlations, which is convex: damped steps of Newton reach it from anywhere. Source: Spinu (2013), An algorithm for
 * computing risk parity weights.
 *
 * @returns Null where there are none: an asset that does not move, or assets that cancel each other out.
 */
export function riskParityWeights({ assets, values }: Covariance): Float64Array | null {
  const deviation = Float64Array.from({ length: assets }, (_, i) => Math.sqrt(values[i * (assets + 1)]!));
  if (!deviation.every((own) => own > 0 && own < Infinity)) return null;
  const correlation = { assets, values: values.map((own, at) => ratio(own, deviation, at, assets)) };
  const x = startOf(correlation);
  for (let step = 0; step < MOST_STEPS; step++) {
    const gradient = times(correlation, x).map((own, i) => own - 1 / x[i]!);
    if (gradient.every((own, i) => Math.abs(own * x[i]!) <= TOLERANCE)) return scaledToOne(x, deviation);
    const lower = cholesky(correlation.values.map((own, at) => own + curvature(x, at, assets)), assets);
    if (lower === null) return null;
    const direction = solveCholesky(lower, gradient);
    let decrement = 0;
    for (let i = 0; i < assets; i++) decrement += gradient[i]! * direction[i]!;
    // Far from the end whole steps could leave the positive numbers; these never do.
    const length = decrement > 1 / 16 ? 1 / (1 + Math.sqrt(decrement)) : 1;
    for (let i = 0; i < assets; i++) x[i]! -= length * direction[i]!;
  }
  return null;
}

/** Share of each asset in the portfolio's variance; they sum to 1. */
export function riskContributions(covariance: Covariance, weights: ArrayLike<number>): Float64Array {
  const variance = portfolioVariance(covariance, weights);
  return times(covariance, weights).map((own, i) => own * weights[i]! / variance);
}

function ratio(own: number, deviation: Float64Array, at: number, assets: number): number {
  const row = Math.trunc(at / assets), column = at % assets;
  return row === column ? 1 : own / (deviation[row]! * deviation[column]!);
}

/** The logarithms' part of the second derivatives. */
function curvature(x: Float64Array, at: number, assets: number): number {
  const row = Math.trunc(at / assets);
  return row === at % assets ? 1 / (x[row]! * x[row]!) : 0;
}

/** Equal parts of the size at which their risk is right on average. */
function startOf({ assets, values }: Covariance): Float64Array {
  const sum = values.reduce((total, own) => total + own, 0);
  return new Float64Array(assets).fill(sum > 0 ? Math.sqrt(assets / sum) : 1);
}

function scaledToOne(x: Float64Array, deviation: Float64Array): Float64Array {
  const weights = x.map((own, i) => own / deviation[i]!);
  const sum = weights.reduce((total, own) => total + own, 0);
  return weights.map((own) => own / sum);
}
