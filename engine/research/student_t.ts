import { elementary } from "../metrics/mod.ts";

/** 1 ÷ √π, Γ(1) ÷ Γ(½). */
const INVERSE_ROOT_PI = 0.5641895835477563;
/** Below this the continued fraction has converged. */
const CONVERGED = 1e-16;
/** Terms after which it is given up; it needs about √degrees of them. */
const MOST_TERMS = 10_000;
/** Halvings of the interval in which a quantile lies: more do not change a number. */
const HALVINGS = 100;

/**
 * Probability that a Student t variable lies at least as far from 0 as `t`, on either side; tails keep their relative
 * precision, about 1e-12 up to some thousand degrees of freedom.
 *
 * @param degrees Degrees of freedom, a whole number above 0.
 */
export function studentTwoSided(t: number, degrees: number): number {
  if (t !== t) return NaN;
  if (t === 0) return 1;
  const square = t * t, a = degrees / 2, x = degrees / (degrees + square), y = square / (degrees + square);
  // Iₓ(a, ½), or from its other side where the fraction converges there.
  const front = gammaRatio(degrees) * INVERSE_ROOT_PI * elementary.exp(a * -log1p(square / degrees)) * Math.sqrt(y);
  return x < (a + 1) / (a + 2.5) ? front * betaFraction(x, a, 0.5) / a : 1 - front * betaFraction(y, 0.5, a) / 0.5;
}

/** The t ≥ 0 beyond which, on both sides together, lies `probability`; ∞ of 0, NaN outside of [0, 1]. */
export function studentTwoSidedQuantile(probability: number, degrees: number): number {
  if (!(probability >= 0 && probability <= 1)) return NaN;
  if (probability === 0) return Infinity;
  if (probability === 1) return 0;
  let low = 0, high = 1;
  while (studentTwoSided(high, degrees) > probability) {
    low = high;
    high *= 2;
    if (high > 1e150) return high;
  }
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, degrees) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Γ((n + 1) ÷ 2) ÷ Γ(n ÷ 2), from that of 1 or 2 by (n + 1) ÷ n for each step of two. */
function gammaRatio(degrees: number): number {
  const isOdd = degrees % 2 === 1;
  let ratio = isOdd ? INVERSE_ROOT_PI : 0.5 / INVERSE_ROOT_PI;
  for (let n = isOdd ? 1 : 2; n < degrees; n += 2) ratio *= (n + 1) / n;
  return ratio;
}

/** ln(1 + x), exact for small x as well. */
function log1p(x: number): number {
  const sum = 1 + x;
  return sum === 1 ? x : elementary.log(sum) * (x / (sum - 1));
}

/** The continued fraction of the incomplete beta function, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const total = a + b;
  let c = 1, d = 1 / (1 - total * x / (a + 1)), fraction = d;
  for (let m = 1; m < MOST_TERMS; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= d * c;
    const odd = -(a + m) * (total + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < CONVERGED) break;
  }
  return fraction;
}
