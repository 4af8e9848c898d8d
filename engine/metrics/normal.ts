import { exp } from "./elementary.ts";

/** 1 ÷ √(2π). */
const PEAK = 0.3989422804014327;
/** Up to here the series around 0 is used, beyond it the continued fraction of the tail. */
const TAIL_FROM = 1;
/** At the place where the fraction begins to be used, its terms beyond these no longer change the result. */
const FRACTION_TERMS = 400;

/** Density φ(z) of the standard normal distribution. */
export function normalDensity(z: number): number {
  return PEAK * exp(-z * z / 2);
}

/** Probability Φ(z) that a standard normal variable is at most z; both tails keep their relative precision. */
export function normalCdf(z: number): number {
  if (z !== z) return NaN;
  if (z > TAIL_FROM) return 1 - upperTail(z);
  if (z < -TAIL_FROM) return upperTail(-z);
  // Φ(z) = ½ + φ(z) (z + z³ ÷ 3 + z⁵ ÷ (3 × 5) + …)
  let term = z, sum = z;
  for (let k = 3; Math.abs(term) > Math.abs(sum) * 1e-17; k += 2) sum += term *= z * z / k;
  return 0.5 + normalDensity(z) * sum;
}

/** φ(z) ÷ (z + 1 ÷ (z + 2 ÷ (z + 3 ÷ …))), from the inside out. */
function upperTail(z: number): number {
  let fraction = z;
  for (let k = FRACTION_TERMS; k >= 1; k--) fraction = z + k / fraction;
  return normalDensity(z) / fraction;
}

/** The z with Φ(z) = `probability`; −∞ of 0, ∞ of 1, NaN outside. */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) return NaN;
  if (probability > 0.5) return -normalQuantile(1 - probability);
  if (probability === 0) return -Infinity;
  // A rough start by bisection, then Halley's steps, each of which triples the number of right digits.
  let low = -39, high = 0;
  while (high - low > 0.05) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < probability) low = middle;
    else high = middle;
  }
  let z = (low + high) / 2;
  for (let step = 0; step < 4; step++) {
    const error = (normalCdf(z) - probability) / normalDensity(z);
    z -= error / (1 + z * error / 2);
  }
  return z;
}
