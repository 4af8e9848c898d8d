import { InputError } from "../errors/mod.ts";
import { applyKernel, checkedLength, type Kernel, KernelState, type Series, type SeriesLike } from "../series/mod.ts";

const COUNT = 0, FAST = 1, SLOW = 2, SIGNAL = 3;

class MacdState extends KernelState {
  constructor(readonly fast: number, readonly slow: number, readonly signal: number) {
    super(3, 4);
  }
  push(): void {
    const a = this.input[0]!;
    const { memory: m, fast, slow, signal, out } = this;
    const count = m[COUNT]! + 1;
    m[COUNT] = count;
    if (count <= slow) {
      if (count > slow - fast) m[FAST]! += a;
      m[SLOW]! += a;
      if (count < slow) return;
      m[FAST]! /= fast;
      m[SLOW]! /= slow;
    } else {
      m[FAST]! += 2 / (fast + 1) * (a - m[FAST]!);
      m[SLOW]! += 2 / (slow + 1) * (a - m[SLOW]!);
    }
    const macd = m[FAST]! - m[SLOW]!, seen = count - slow + 1;
    if (seen <= signal) {
      m[SIGNAL]! += macd;
      if (seen < signal) return;
      m[SIGNAL]! /= signal;
    } else m[SIGNAL]! += 2 / (signal + 1) * (macd - m[SIGNAL]!);
    out[0] = macd;
    out[1] = m[SIGNAL]!;
    out[2] = macd - m[SIGNAL]!;
  }
}

/** Kernel of {@linkcode macd}. */
export const macdKernel: Kernel = {
  name: "macd",
  inputs: 1,
  outputs: ["macd", "signal", "histogram"],
  warmUp: ([, slow, signal]) => Array(3).fill(slow! + signal! - 2),
  state: ([fast, slow, signal]) => new MacdState(fast!, slow!, signal!),
  run([x], from, to, [fast, slow, signal], [outMacd, outSignal, outHistogram]) {
    const first = from + slow! - 1, known = first + signal! - 1;
    let fastMean = 0, slowMean = 0, signalMean = 0;
    for (let i = from; i < Math.min(known, to); i++) outMacd![i] = outSignal![i] = outHistogram![i] = NaN;
    if (to <= known) return;
    for (let i = from; i <= first; i++) {
      if (i > first - fast!) fastMean += x![i]!;
      slowMean += x![i]!;
    }
    fastMean /= fast!;
    slowMean /= slow!;
    signalMean += fastMean - slowMean;
    const fastWeight = 2 / (fast! + 1), slowWeight = 2 / (slow! + 1), signalWeight = 2 / (signal! + 1);
    for (let i = first + 1; i <= known; i++) {
      fastMean += fastWeight * (x![i]! - fastMean);
      slowMean += slowWeight * (x![i]! - slowMean);
      signalMean += fastMean - slowMean;
    }
    signalMean /= signal!;
    outMacd![known] = fastMean - slowMean;
    outSignal![known] = signalMean;
    outHistogram![known] = fastMean - slowMean - signalMean;
    for (let i = known + 1; i < to; i++) {
      const value = x![i]!;
      fastMean += fastWeight * (value - fastMean);
      slowMean += slowWeight * (value - slowMean);
      const macd = fastMean - slowMean;
      signalMean += signalWeight * (macd - signalMean);
      outMacd![i] = macd;
      outSignal![i] = signalMean;
      outHistogram![i] = macd - signalMean;
    }
  },
};

/** Lengths of {@linkcode macd}, in candles. */
export interface MacdLengths {
  readonly fast: number;
  readonly slow: number;
  readonly signal: number;
}

/**
 * Moving average convergence and divergence: the fast exponential average less the slow one, the average of that, and
 * their difference, in the input's units.
 *
 * Both averages begin on candle `slow` (the fast one with the mean of its last values there), and all three lines begin
 * with the signal line, after `slow` + `signal` − 1 candles. Source: Gerald Appel; TA-Lib `MACD`.
 *
 * @throws {InputError} `series` when fast is not below slow.
 */
export function macd(input: SeriesLike, { fast, slow, signal }: MacdLengths): {
  readonly macd: Series;
  readonly signal: Series;
  readonly histogram: Series;
} {
  const lengths = [
    checkedLength(fast, 1, "the fast length of macd"),
    checkedLength(slow, 2, "the slow length of macd"),
    checkedLength(signal, 1, "the signal length of macd"),
  ];
  if (fast >= slow) {
    throw new InputError("series", `the fast length of macd (${fast}) must be below the slow one (${slow})`);
  }
  const [line, average, histogram] = applyKernel(macdKernel, [input], lengths);
  return { macd: line!, signal: average!, histogram: histogram! };
}
