import { applyKernel, checkedLength, close, high, type Kernel, KernelState, low, type Series } from "../series/mod.ts";

const COUNT = 0, PREVIOUS_CLOSE = 1, MEAN = 2;

/** The larger of the candle's range and its reach from the close before, in quote units. */
export function trueRange(high: number, low: number, previousClose: number): number {
  const range = high - low, up = Math.abs(high - previousClose), down = Math.abs(low - previousClose);
  const reach = up > down ? up : down;
  return reach > range ? reach : range;
}

class AtrState extends KernelState {
  constructor(readonly length: number) {
    super(1, 3);
  }
  push(high: number, low: number, close: number): void {
    const { memory: m, length } = this;
    const count = m[COUNT]!, previous = m[PREVIOUS_CLOSE]!;
    m[COUNT] = count + 1;
    m[PREVIOUS_CLOSE] = close;
    if (count === 0) return;
    const range = trueRange(high, low, previous);
    if (count <= length) {
      m[MEAN]! += range;
      if (count < length) return;
      m[MEAN]! /= length;
    } else m[MEAN]! += 1 / length * (range - m[MEAN]!);
    this.out[0] = m[MEAN]!;
  }
}

/** Kernel of {@linkcode atr}. */
export const atrKernel: Kernel = {
  name: "atr",
  inputs: 3,
  outputs: ["value"],
  warmUp: ([length]) => [length!],
  state: ([length]) => new AtrState(length!),
  run([high, low, close], from, to, [length], [out]) {
    const first = from + length!, weight = 1 / length!;
    for (let i = from; i < Math.min(first, to); i++) out![i] = NaN;
    if (to <= first) return;
    let mean = 0, previous = close![from]!;
    for (let i = from + 1; i <= first; i++) {
      mean += trueRange(high![i]!, low![i]!, previous);
      previous = close![i]!;
    }
    mean /= length!;
    out![first] = mean;
    for (let i = first + 1; i < to; i++) {
      mean += weight * (trueRange(high![i]!, low![i]!, previous) - mean);
      previous = close![i]!;
      out![i] = mean;
    }
  },
};

/**
 * Average true range, quote units: how far a candle reaches, the gap from the close before included.
 *
 * Begins with the mean of the first `length` ranges (the first candle has none), then moves by (range − mean) ÷ length.
 * First value after `length` + 1 candles. Source: Wilder (1978); TA-Lib `ATR`.
 */
export function atr(length: number): Series {
  return applyKernel(atrKernel, [high, low, close], [checkedLength(length, 1, "the length of atr")])[0]!;
}
