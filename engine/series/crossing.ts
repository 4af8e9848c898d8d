import { type Kernel, KernelState } from "./kernel.ts";
import { applyKernel, type Series, type SeriesLike } from "./series.ts";

const COUNT = 0, PREVIOUS_A = 1, PREVIOUS_B = 2;

/** Compares the candle before with this one: 1 where `a` was not beyond `b` and now is. `sign` 1 looks up, −1 down. */
class CrossingState extends KernelState {
  constructor(readonly sign: 1 | -1) {
    super(1, 3);
  }
  push(): void {
    const a = this.input[0]!, b = this.input[1]!;
    const { memory, sign } = this;
    const before = sign * memory[PREVIOUS_A]!, beforeOther = sign * memory[PREVIOUS_B]!;
    this.out[0] = memory[COUNT] === 0 ? NaN : before <= beforeOther && sign * a > sign * b ? 1 : 0;
    memory[COUNT] = 1;
    memory[PREVIOUS_A] = a;
    memory[PREVIOUS_B] = b;
  }
}

const crossing = (name: string, sign: 1 | -1): Kernel => ({
  name,
  inputs: 2,
  outputs: ["value"],
  warmUp: () => [1],
  state: () => new CrossingState(sign),
});
const above = crossing("crossesAbove", 1), below = crossing("crossesBelow", -1);

/** 1 on the candle on which `a`, at most `b` on the candle before, is above it; unknown while a side of either is. */
export function crossesAbove(a: SeriesLike, b: SeriesLike): Series {
  return applyKernel(above, [a, b], [])[0]!;
}

/** 1 on the candle on which `a`, at least `b` on the candle before, is below it; unknown while a side of either is. */
export function crossesBelow(a: SeriesLike, b: SeriesLike): Series {
  return applyKernel(below, [a, b], [])[0]!;
}
