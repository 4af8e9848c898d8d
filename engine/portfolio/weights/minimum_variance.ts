import { InputError } from "../../errors/mod.ts";
import { cholesky, solveCholesky } from "./cholesky.ts";
import { type Covariance, times } from "./covariance.ts";

/** How far outside its bound a weight may lie by rounding, and a marginal variance from the common one, relative to it. */
const TOLERANCE = 1e-12;

/**
 * The long-only weights of the least variance, none above `maxWeight`; they sum to 1. Found by primal active sets: a weight
 * is free or at a bound, the free ones are solved for exactly, and what would lower the variance is set free until nothing
 * would. Source: Nocedal & Wright, Numerical Optimization (2006), algorithm 16.3.
 *
 * @returns Null where the matrix is not positive definite.
 * @throws {InputError} `max-weight` when the assets at that weight are less than a whole portfolio.
 */
export function minimumVarianceWeights(covariance: Covariance, maxWeight = 1): Float64Array | null {
  const { assets } = covariance;
  if (!(maxWeight * assets >= 1 - TOLERANCE)) {
    throw new InputError(
      "max-weight",
      `${assets} assets of at most ${maxWeight} each are no whole portfolio: allow at least ${1 / assets} each`,
    );
  }
  const cap = Math.max(maxWeight, 1 / assets);
  const weights = new Float64Array(assets).fill(1 / assets), isFree = new Uint8Array(assets).fill(1);
  // Each round frees or fixes one weight; no set of free ones comes twice.
  for (let round = 0; round < 100 * (assets + 1); round++) {
    const solved = solveFree(covariance, weights, isFree);
    if (solved === null) return null;
    const { place, marginal, wanted } = solved;
    const blocked = moveTowards(weights, place, wanted, cap);
    if (blocked >= 0) isFree[blocked] = 0;
    else {
      const freed = mostWanted(covariance, weights, isFree, marginal, cap);
      if (freed < 0) return exactSum(weights, cap);
      isFree[freed] = 1;
    }
  }
  return null;
}

/** The free weights of the least variance with the others where they are, and the marginal variance that they share. */
function solveFree({ assets, values }: Covariance, weights: Float64Array, isFree: Uint8Array) {
  const place: number[] = [];
  for (let i = 0; i < assets; i++) if (isFree[i] === 1) place.push(i);
  const size = place.length, matrix = new Float64Array(size * size), fixedPart = new Float64Array(size);
  let left = 1;
  for (let i = 0; i < assets; i++) if (isFree[i] === 0) left -= weights[i]!;
  place.forEach((i, row) => {
    place.forEach((j, column) => matrix[row * size + column] = values[i * assets + j]!);
    for (let j = 0; j < assets; j++) if (isFree[j] === 0) fixedPart[row]! += values[i * assets + j]! * weights[j]!;
  });
  const lower = cholesky(matrix, size);
  if (lower === null) return null;
  const ofOne = solveCholesky(lower, new Float64Array(size).fill(1)), ofFixed = solveCholesky(lower, fixedPart);
  const sum = (of: Float64Array) => of.reduce((total, own) => total + own, 0);
  const marginal = (left + sum(ofFixed)) / sum(ofOne);
  return { place, marginal, wanted: ofOne.map((own, i) => marginal * own - ofFixed[i]!) };
}

/** Goes as far as the bounds let it; the asset that stopped it, or −1 at the end of the way. */
function moveTowards(weights: Float64Array, place: readonly number[], wanted: Float64Array, cap: number): number {
  let length = 1, blocked = -1;
  place.forEach((i, row) => {
    const from = weights[i]!, to = wanted[row]!;
    if (to >= -TOLERANCE && to <= cap + TOLERANCE) return;
    const reach = ((to < 0 ? 0 : cap) - from) / (to - from);
    if (reach < length) [length, blocked] = [Math.max(0, reach), i];
  });
  place.forEach((i, row) => weights[i]! += length * (wanted[row]! - weights[i]!));
  if (blocked >= 0) weights[blocked] = weights[blocked]! > cap / 2 ? cap : 0;
  return blocked;
}

/** The weight at a bound that would lower the variance most if it left it; −1 where none would: then it is the least. */
function mostWanted(
  covariance: Covariance,
  weights: Float64Array,
  isFree: Uint8Array,
  marginal: number,
  cap: number,
): number {
  const slope = times(covariance, weights);
  let most = TOLERANCE * Math.abs(marginal), found = -1;
  for (let i = 0; i < weights.length; i++) {
    if (isFree[i] === 1) continue;
    const gain = weights[i]! > cap / 2 ? slope[i]! - marginal : marginal - slope[i]!;
    if (gain > most) [most, found] = [gain, i];
  }
  return found;
}

/** Without what rounding has left below zero or above the cap. */
function exactSum(weights: Float64Array, cap: number): Float64Array {
  const kept = weights.map((own) => Math.min(cap, Math.max(0, own)));
  const sum = kept.reduce((total, own) => total + own, 0);
  return kept.map((own) => Math.min(cap, own / sum));
}
