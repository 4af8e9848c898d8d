import { type Figure, figure } from "./figure.ts";
import { excessKurtosis, mean, skewness, standardDeviation } from "./moments.ts";
import { normalDensity, normalQuantile } from "./normal.ts";

/** Shape of a distribution in units of its standard deviation. */
interface Shape {
  readonly skew: number;
  readonly excess: number;
}

/**
 * Value at risk that follows skew S and excess kurtosis K of the returns (Cornish and Fisher 1938; "modified" in Favre
 * and Galeano 2002): mean + standard deviation (ddof 1) × (z + (z² − 1) S ÷ 6 + (z³ − 3z) K ÷ 24 − (2z³ − 5z) S² ÷ 36)
 * with z the normal quantile of `tail`. Null where that expansion does not ascend everywhere, as no distribution has such
 * quantiles (Maillard 2012: an excess kurtosis below 0 or, without skew, above 8), and of returns without variance.
 *
 * @param horizonPeriods Independent periods ahead: the mean grows with h, the deviation with √h, S falls with √h, K with h.
 */
export function cornishFisherValueAtRisk(returns: ArrayLike<number>, tail: number, horizonPeriods = 1): Figure {
  return scaled(
    returns,
    tail,
    horizonPeriods,
    (z, { skew, excess }) =>
      z + (z * z - 1) * skew / 6 + (z * z - 3) * z * excess / 24 - (2 * z * z - 5) * z * skew * skew / 36,
  );
}

/**
 * Mean return below {@linkcode cornishFisherValueAtRisk}: the mean of that quantile over all tails up to `tail`, which is
 * mean − standard deviation × φ(z) ÷ tail × (1 + z S ÷ 6 + (z² − 1) K ÷ 24 − (2z² − 1) S² ÷ 36). Null as there.
 */
export function cornishFisherConditionalValueAtRisk(
  returns: ArrayLike<number>,
  tail: number,
  horizonPeriods = 1,
): Figure {
  return scaled(returns, tail, horizonPeriods, (z, { skew, excess }) =>
    -normalDensity(z) / tail *
    (1 + z * skew / 6 + (z * z - 1) * excess / 24 - (2 * z * z - 1) * skew * skew / 36));
}

function scaled(
  returns: ArrayLike<number>,
  tail: number,
  horizonPeriods: number,
  deviations: (z: number, shape: Shape) => number,
): Figure {
  const average = mean(returns), deviation = standardDeviation(returns);
  const skew = skewness(returns), excess = excessKurtosis(returns);
  if (average === null || deviation === null || skew === null || excess === null) return null;
  const shape = { skew: skew / Math.sqrt(horizonPeriods), excess: excess / horizonPeriods };
  if (!ascends(shape)) return null;
  const z = normalQuantile(tail);
  return figure(average * horizonPeriods + deviation * Math.sqrt(horizonPeriods) * deviations(z, shape));
}

/** True when the expansion's slope, a z² + b z + c, is nowhere below 0. */
function ascends({ skew, excess }: Shape): boolean {
  const a = excess / 8 - skew * skew / 6, b = skew / 3, c = 1 - excess / 8 + 5 * skew * skew / 36;
  return a >= 0 && b * b <= 4 * a * c;
}
