import { applyKernel, checkedLength, type Kernel, KernelState, type Series, type SeriesLike } from "../series/mod.ts";

const COUNT = 0, VALUE = 1;

class EmaState extends KernelState {
  readonly #weight: number;
  constructor(readonly length: number) {
    super(1, 2);
    this.#weight = 2 / (length + 1);
  }
  push(): void {
    const a = this.input[0]!;
    const { memory, length } = this;
    const count = memory[COUNT]! + 1;
    memory[COUNT] = count;
    if (count < length) memory[VALUE]! += a;
    else if (count === length) memory[VALUE] = (memory[VALUE]! + a) / length;
    else memory[VALUE]! += this.#weight * (a - memory[VALUE]!);
    this.out[0] = count < length ? NaN : memory[VALUE]!;
  }
}

/** Kernel of {@linkcode ema}. */
export const emaKernel: Kernel = {
  name: "ema",
  inputs: 1,
  outputs: ["value"],
  warmUp: ([length]) => [length! - 1],
  state: ([length]) => new EmaState(length!),
  run([x], from, to, [length], [out]) {
    const full = Math.min(from + length!, to), weight = 2 / (length! + 1);
    let value = 0;
    for (let i = from; i < full; i++) {
      value += x![i]!;
      out![i] = NaN;
    }
    if (full - from < length!) return;
    value /= length!;
    out![full - 1] = value;
    for (let i = full; i < to; i++) {
      value += weight * (x![i]! - value);
      out![i] = value;
    }
  },
};

/**
 * Exponential moving average with weight 2 ÷ (`length` + 1), in the input's units.
 *
 * Begins with the mean of the first `length` values, then moves by weight × (value − average). First value after
 * `length` candles; it forgets its beginning like (1 − weight)ⁿ. Source: TA-Lib `EMA`.
 */
export function ema(input: SeriesLike, length: number): Series {
  return applyKernel(emaKernel, [input], [checkedLength(length, 1, "the length of ema")])[0]!;
}
