import { applyKernel, checkedLength, type Kernel, KernelState, type Series, type SeriesLike } from "../series/mod.ts";

const COUNT = 0, RING = 1;

class RocState extends KernelState {
  constructor(readonly length: number) {
    super(1, RING + length);
  }
  push(): void {
    const a = this.input[0]!;
    const { memory, length } = this;
    const count = memory[COUNT]! | 0, at = RING + count % length, before = memory[at]!;
    memory[at] = a;
    memory[COUNT] = count + 1;
    this.out[0] = count < length ? NaN : before === 0 ? 0 : (a / before - 1) * 100;
  }
}

/** Kernel of {@linkcode roc}. */
export const rocKernel: Kernel = {
  name: "roc",
  inputs: 1,
  outputs: ["value"],
  warmUp: ([length]) => [length!],
  state: ([length]) => new RocState(length!),
};

/**
 * Rate of change in percent: 100 × (value ÷ the one `length` candles ago − 1); 0 where that was zero. First value after
 * `length` + 1 candles. Source: TA-Lib `ROC`.
 */
export function roc(input: SeriesLike, length: number): Series {
  return applyKernel(rocKernel, [input], [checkedLength(length, 1, "the length of roc")])[0]!;
}
