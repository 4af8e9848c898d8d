import { type Figure, ratio } from "./figure.ts";
import { mean, standardDeviation } from "./moments.ts";

/** Σ (a − mean a)(b − mean b) ÷ (n − 1) of two equally long series; null of fewer than 2 values. */
export function covariance(a: ArrayLike<number>, b: ArrayLike<number>): Figure {
  const n = a.length, centreA = mean(a), centreB = mean(b);
  if (n < 2 || centreA === null || centreB === null) return null;
  let products = 0;
  for (let i = 0; i < n; i++) products += (a[i]! - centreA) * (b[i]! - centreB);
  return products / (n - 1);
}

/**
 * Pearson's correlation of two equally long series, from −1 to 1: covariance ÷ (standard deviation × standard
 * deviation). Null of fewer than 2 values or where one does not vary.
 */
export function pearsonCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): Figure {
  const together = covariance(a, b);
  if (together === null) return null;
  const value = ratio(together, standardDeviation(a)! * standardDeviation(b)!);
  // Rounding may leave a last bit beyond 1.
  return value === null ? null : Math.max(-1, Math.min(1, value));
}

/** Spearman's rank correlation: Pearson's of the {@linkcode ranksOf} both series, so that only the order counts. */
export function spearmanCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): Figure {
  return pearsonCorrelation(ranksOf(a), ranksOf(b));
}

/** Place of each value in ascending order, from 1; equal values share the mean of their places. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const n = values.length, ranks = new Float64Array(n);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  for (let from = 0; from < n;) {
    let to = from + 1;
    while (to < n && values[order[to]!] === values[order[from]!]) to++;
    for (let place = from; place < to; place++) ranks[order[place]!] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** How a correlation is computed. */
export type CorrelationMethod = "pearson" | "spearman";

const METHODS: Readonly<Record<CorrelationMethod, typeof pearsonCorrelation>> = {
  pearson: pearsonCorrelation,
  spearman: spearmanCorrelation,
};

/**
 * Correlation of each series with each other one, in their order; symmetric. NaN marks a period that a series does not
 * have: a pair is compared over the periods that both have. Null where {@linkcode pearsonCorrelation} is.
 */
export function correlationMatrix(
  series: readonly ArrayLike<number>[],
  method: CorrelationMethod = "pearson",
): Figure[][] {
  const correlation = METHODS[method];
  const matrix: Figure[][] = series.map(() => Array<Figure>(series.length).fill(null));
  series.forEach((own, i) => {
    for (let j = i; j < series.length; j++) {
      matrix[i]![j] = matrix[j]![i] = correlation(...commonPeriods(own, series[j]!));
    }
  });
  return matrix;
}

function commonPeriods(a: ArrayLike<number>, b: ArrayLike<number>): [number[], number[]] {
  const ofA: number[] = [], ofB: number[] = [];
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== a[i] || b[i] !== b[i]) continue;
    ofA.push(a[i]!);
    ofB.push(b[i]!);
  }
  return [ofA, ofB];
}
