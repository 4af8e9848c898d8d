import type { Figure } from "../metrics/mod.ts";
import { studentTwoSided, studentTwoSidedQuantile } from "./student_t.ts";

/** A Sharpe ratio and the number of returns behind it, both of one period. */
export interface SharpeTest {
  /** Null of a trial without variance: it has found nothing. */
  readonly sharpe: Figure;
  readonly count: number;
}

/** What is left of a Sharpe ratio when it is asked to be as unlikely as one that was tried alone. */
export interface Haircut {
  /** Probability of such a ratio, or a larger one, somewhere among all tests. */
  readonly pValue: number;
  /** The ratio of a single test with that probability. */
  readonly sharpe: number;
  /** Share of the ratio that is cut off. */
  readonly haircutFraction: number;
}

/** The three adjustments of Harvey and Liu, mildest last: the first two for any error, the last for the share of errors. */
export interface Haircuts {
  readonly bonferroni: Haircut;
  readonly holm: Haircut;
  /** Benjamini, Hochberg and Yekutieli, which holds under any dependence of the tests. */
  readonly bhy: Haircut;
}

/**
 * Haircut Sharpe ratios (Harvey and Liu, "Backtesting", 2015) of one test among many: its two-sided p-value by Student's t
 * = sharpe × √count is adjusted for all tests, and turned into a ratio again. Null of a ratio that is not above 0.
 *
 * @param tests All of them, the one at `index` included.
 */
export function haircutSharpe(tests: readonly SharpeTest[], index: number): Haircuts | null {
  const { sharpe, count } = tests[index]!;
  if (sharpe === null || !(sharpe > 0) || count < 2) return null;
  const own = pValueOf(tests[index]!);
  const sorted = Float64Array.from(tests, pValueOf).sort();
  const cut = (pValue: number): Haircut => {
    const left = Math.min(sharpe, studentTwoSidedQuantile(pValue, count - 1) / Math.sqrt(count));
    return { pValue, sharpe: left, haircutFraction: 1 - left / sharpe };
  };
  return {
    bonferroni: cut(Math.min(1, own * tests.length)),
    holm: cut(holm(sorted, own)),
    bhy: cut(benjaminiYekutieli(sorted, own)),
  };
}

function pValueOf({ sharpe, count }: SharpeTest): number {
  return sharpe === null || count < 2 ? 1 : studentTwoSided(sharpe * Math.sqrt(count), count - 1);
}

/** The largest of (M − j + 1) p(j) up to the one asked for. */
function holm(sorted: Float64Array, own: number): number {
  let most = 0;
  for (let j = 0; j < sorted.length && sorted[j]! <= own; j++) most = Math.max(most, (sorted.length - j) * sorted[j]!);
  return Math.min(1, most);
}

/** The smallest of M c(M) ÷ j × p(j) from the one asked for on, with c(M) = 1 + ½ + … + 1 ÷ M. */
function benjaminiYekutieli(sorted: Float64Array, own: number): number {
  const tests = sorted.length;
  let harmonic = 0, least = 1;
  for (let j = 1; j <= tests; j++) harmonic += 1 / j;
  for (let j = tests; j >= 1 && sorted[j - 1]! >= own; j--) {
    least = Math.min(least, tests * harmonic / j * sorted[j - 1]!);
  }
  return least;
}
