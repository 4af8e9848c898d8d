import { type Covariance, type ReturnRows, shrunkCovariance, variances } from "./covariance.ts";
import { minimumVarianceWeights } from "./minimum_variance.ts";
import { riskParityWeights } from "./risk_parity.ts";

/** How a portfolio is divided among its assets. */
export const WEIGHTINGS = ["equal", "inverse-volatility", "risk-parity", "minimum-variance"] as const;

/** One of {@linkcode WEIGHTINGS}. */
export type Weighting = typeof WEIGHTINGS[number];

/** The same for each asset. */
export function equalWeights(assets: number): Float64Array {
  return new Float64Array(assets).fill(1 / assets);
}

/** Weights in proportion to 1 ÷ standard deviation; null where an asset does not move. */
export function inverseVolatilityWeights(variances: ArrayLike<number>): Float64Array | null {
  const inverse = Float64Array.from(variances, (own) => 1 / Math.sqrt(own));
  const sum = inverse.reduce((total, own) => total + own, 0);
  return sum > 0 && sum < Infinity ? inverse.map((own) => own / sum) : null;
}

/**
 * Weights of assets by their returns: none below zero, none above `maxWeight`. They sum to 1, or to less where the assets
 * at `maxWeight` do: a limit is kept rather than the money spent. All but the minimum variance are cut to the limit, and
 * what was cut goes to the others in proportion.
 *
 * @returns Null without assets, and where weights by risk are asked for and the returns give none: less than two rows, by
 * inverse volatility one asset that does not move, by the others none that does. Assets that all have to be at `maxWeight`
 * need no returns.
 */
export function portfolioWeights(weighting: Weighting, returns: ReturnRows, maxWeight = 1): Float64Array | null {
  const { assets } = returns;
  if (assets === 0) return null;
  if (maxWeight * assets <= 1) return new Float64Array(assets).fill(maxWeight);
  if (weighting === "equal") return equalWeights(assets);
  if (returns.rows < 2) return null;
  if (weighting === "inverse-volatility") return capped(inverseVolatilityWeights(variances(returns)), maxWeight);
  const covariance: Covariance = shrunkCovariance(returns);
  return weighting === "risk-parity"
    ? capped(riskParityWeights(covariance), maxWeight)
    : minimumVarianceWeights(covariance, maxWeight);
}

/** At most `cap` each, with the sum as it was: there is room, as the cap times the assets is more than the whole. */
function capped(weights: Float64Array | null, cap: number): Float64Array | null {
  if (weights === null) return null;
  const isCut = new Uint8Array(weights.length);
  for (let own = weights;;) {
    const over = own.findIndex((weight, i) => weight > cap && isCut[i] === 0);
    if (over < 0) return own;
    own.forEach((weight, i) => weight > cap && (isCut[i] = 1));
    let cut = 0, rest = 0;
    weights.forEach((weight, i) => isCut[i] === 1 ? cut += cap : rest += weight);
    own = weights.map((weight, i) => isCut[i] === 1 ? cap : weight * (1 - cut) / rest);
  }
}
