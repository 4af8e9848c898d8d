import { applyKernel, checkedLength, close, high, type Kernel, KernelState, low, type Series } from "../series/mod.ts";

const COUNT = 0, PREVIOUS_CLOSE = 1, MEAN = 2, FIRST = 3;

/** The larger of the candle's range and its reach from the close before, in quote units. */
export function trueRange(high: number, low: number, previousClose: number): number {
  return (high > previousClose ? high : previousClose) - (low < previousClose ? low : previousClose);
}

/**
 * After its beginning the mean moves two candles at a time: the first adds its share to what is kept of the mean, the
 * second adds both shares to what is kept of the mean before. That halves the chain of operations that wait for each
 * other, which is what the time goes to.
 */
class AtrState extends KernelState {
  readonly #share: number;
  readonly #kept: number;
  readonly #keptOfTwo: number;
  constructor(readonly length: number) {
    super(1, 4);
    [this.#share, this.#kept, this.#keptOfTwo] = weights(length);
  }
  push(): void {
    const high = this.input[0]!, low = this.input[1]!, close = this.input[2]!;
    const { memory: m, length } = this;
    const count = m[COUNT]!, previous = m[PREVIOUS_CLOSE]!;
    m[COUNT] = count + 1;
    m[PREVIOUS_CLOSE] = close;
    if (count === 0) return;
    const range = trueRange(high, low, previous);
    if (count <= length) {
      m[MEAN]! += range;
      if (count < length) return;
      this.out[0] = m[MEAN]! /= length;
    } else if ((count - length) % 2 === 1) {
      m[FIRST] = this.#share * range;
      this.out[0] = m[MEAN]! * this.#kept + m[FIRST]!;
    } else this.out[0] = m[MEAN] = m[MEAN]! * this.#keptOfTwo + (m[FIRST]! * this.#kept + this.#share * range);
  }
}

/** What a new range gets, what the mean keeps, and what it keeps of two candles. */
function weights(length: number): [share: number, kept: number, keptOfTwo: number] {
  const share = 1 / length, kept = 1 - share;
  return [share, kept, kept * kept];
}

/** Kernel of {@linkcode atr}. */
export const atrKernel: Kernel = {
  name: "atr",
  inputs: 3,
  outputs: ["value"],
  warmUp: ([length]) => [length!],
  state: ([length]) => new AtrState(length!),
  run([high, low, close], from, to, [length], [out]) {
    const [share, kept, keptOfTwo] = weights(length!);
    const begin = from + length!;
    for (let i = from; i < Math.min(begin, to); i++) out![i] = NaN;
    if (to <= begin) return;
    let mean = 0;
    for (let i = from + 1; i <= begin; i++) mean += trueRange(high![i]!, low![i]!, close![i - 1]!);
    out![begin] = mean /= length!;
    for (let i = begin + 1; i < to; i += 2) {
      const first = share * trueRange(high![i]!, low![i]!, close![i - 1]!);
      out![i] = mean * kept + first;
      if (i + 1 === to) return;
      const second = share * trueRange(high![i + 1]!, low![i + 1]!, close![i]!);
      out![i + 1] = mean = mean * keptOfTwo + (first * kept + second);
    }
  },
};

/**
 * Average true range, quote units: how far a candle reaches, the gap from the close before included.
 *
 * Begins with the mean of the first `length` ranges (the first candle has none), then keeps 1 − 1 ÷ `length` of it and
 * adds range ÷ `length`. First value after `length` + 1 candles. Source: Wilder (1978); TA-Lib `ATR`.
 */
export function atr(length: number): Series {
  return applyKernel(atrKernel, [high, low, close], [checkedLength(length, 1, "the length of atr")])[0]!;
}
