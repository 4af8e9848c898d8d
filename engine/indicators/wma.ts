import {
  applyKernel,
  checkedLength,
  type Kernel,
  KernelState,
  rebuildsAt,
  type Series,
  type SeriesLike,
} from "../series/mod.ts";

const COUNT = 0, SUM = 1, WEIGHTED = 2, RING = 3;

class WmaState extends KernelState {
  readonly #divisor: number;
  constructor(readonly length: number) {
    super(1, RING + length);
    this.#divisor = length * (length + 1) / 2;
  }
  push(): void {
    const a = this.input[0]!;
    const { memory, length } = this;
    const count = memory[COUNT]! | 0, at = RING + count % length;
    const leaving = memory[at]!;
    memory[at] = a;
    memory[COUNT] = count + 1;
    if (count < length) {
      memory[SUM]! += a;
      memory[WEIGHTED]! += a * (count + 1);
    } else if (rebuildsAt(count)) this.#rebuild(count);
    else {
      memory[WEIGHTED]! += length * a - memory[SUM]!;
      memory[SUM]! += a - leaving;
    }
    this.out[0] = count + 1 < length ? NaN : memory[WEIGHTED]! / this.#divisor;
  }
  #rebuild(count: number): void {
    const { memory, length } = this;
    let sum = 0, weighted = 0;
    for (let i = 1; i <= length; i++) {
      const value = memory[RING + (count - length + i) % length]!;
      sum += value;
      weighted += value * i;
    }
    memory[SUM] = sum;
    memory[WEIGHTED] = weighted;
  }
}

/** Kernel of {@linkcode wma}. */
export const wmaKernel: Kernel = {
  name: "wma",
  inputs: 1,
  outputs: ["value"],
  warmUp: ([length]) => [length! - 1],
  state: ([length]) => new WmaState(length!),
};

/**
 * Linearly weighted moving average, in the input's units: weights 1 (oldest) … `length` (newest).
 *
 * The weighted sum gains length × value less the plain sum; both are rebuilt every 1,024 candles. First value after
 * `length` candles. Source: TA-Lib `WMA`.
 */
export function wma(input: SeriesLike, length: number): Series {
  return applyKernel(wmaKernel, [input], [checkedLength(length, 1, "the length of wma")])[0]!;
}
