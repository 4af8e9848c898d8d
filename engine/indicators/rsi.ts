import { applyKernel, checkedLength, type Kernel, KernelState, type Series, type SeriesLike } from "../series/mod.ts";
import { ratioOrZero } from "./division.ts";

// Gains and losses are kept doubled, as |change| ± change: their share is the same, and no branch has to guess a sign.
const COUNT = 0, PREVIOUS = 1, GAIN = 2, LOSS = 3;

class RsiState extends KernelState {
  constructor(readonly length: number) {
    super(1, 4);
  }
  push(): void {
    const a = this.input[0]!;
    const { memory: m, length } = this;
    const count = m[COUNT]!, change = a - m[PREVIOUS]!;
    m[COUNT] = count + 1;
    m[PREVIOUS] = a;
    if (count === 0) {
      this.out[0] = NaN;
      return;
    }
    const size = Math.abs(change), gain = size + change, loss = size - change;
    if (count <= length) {
      m[GAIN]! += gain;
      m[LOSS]! += loss;
      if (count === length) {
        m[GAIN]! /= length;
        m[LOSS]! /= length;
      }
    } else {
      const weight = 1 / length;
      m[GAIN]! += weight * (gain - m[GAIN]!);
      m[LOSS]! += weight * (loss - m[LOSS]!);
    }
    this.out[0] = count < length ? NaN : 100 * ratioOrZero(m[GAIN]!, m[GAIN]! + m[LOSS]!);
  }
}

/** Kernel of {@linkcode rsi}. */
export const rsiKernel: Kernel = {
  name: "rsi",
  inputs: 1,
  outputs: ["value"],
  warmUp: ([length]) => [length!],
  state: ([length]) => new RsiState(length!),
  run([x], from, to, [length], [out]) {
    const full = Math.min(from + length! + 1, to), weight = 1 / length!;
    let gain = 0, loss = 0;
    if (to > from) out![from] = NaN;
    for (let i = from + 1; i < full; i++) {
      const change = x![i]! - x![i - 1]!, size = Math.abs(change);
      gain += size + change;
      loss += size - change;
      out![i] = NaN;
    }
    if (full - from <= length!) return;
    gain /= length!;
    loss /= length!;
    out![full - 1] = 100 * ratioOrZero(gain, gain + loss);
    for (let i = full; i < to; i++) {
      const change = x![i]! - x![i - 1]!, size = Math.abs(change);
      gain += weight * (size + change - gain);
      loss += weight * (size - change - loss);
      out![i] = 100 * ratioOrZero(gain, gain + loss);
    }
  },
};

/**
 * Relative strength index, 0 … 100: the share of gains in all changes, both smoothed as Wilder does.
 *
 * Begins with the means of the first `length` changes, then moves by (value − mean) ÷ length. 0 where nothing has moved.
 * First value after `length` + 1 candles. Source: Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib `RSI`.
 */
export function rsi(input: SeriesLike, length: number): Series {
  return applyKernel(rsiKernel, [input], [checkedLength(length, 2, "the length of rsi")])[0]!;
}
