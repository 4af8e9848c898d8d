// Test support only: daily returns of strategies without skill, and of one with it.
import type { Random } from "../time/mod.ts";

/** Standard normal numbers by Marsaglia's polar method. */
export function normalNumbers(random: Random): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const u = 2 * random.next() - 1, v = 2 * random.next() - 1, square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt(-2 * Math.log(square) / square);
      spare = v * scale;
      return u * scale;
    }
  };
}

/** Returns of strategies with a volatility of 2 % a day and no skill; the first one may have a true Sharpe ratio a year. */
export function randomStrategies(random: Random, strategies: number, days: number, sharpeAnnual = 0): Float64Array[] {
  const next = normalNumbers(random), drift = sharpeAnnual / Math.sqrt(365);
  return Array.from(
    { length: strategies },
    (_, j) => Float64Array.from({ length: days }, () => 0.02 * (next() + (j === 0 ? drift : 0))),
  );
}
