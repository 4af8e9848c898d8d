import {
  applyKernel,
  checkedLength,
  close,
  high,
  highest,
  type Kernel,
  KernelState,
  low,
  lowest,
  type Series,
} from "../series/mod.ts";
import { sma } from "./sma.ts";

/** Dividing first by a hundredth of the range is TA-Lib's order. */
function position(value: number, lowest: number, highest: number): number {
  const hundredth = (highest - lowest) / 100;
  return hundredth === 0 ? 0 : (value - lowest) / hundredth;
}

class PositionState extends KernelState {
  constructor() {
    super(1, 0);
  }
  push(): void {
    this.out[0] = position(this.input[0]!, this.input[1]!, this.input[2]!);
  }
}

/** Where a value lies between two others, 0 … 100; 0 where they are equal. */
export const positionKernel: Kernel = {
  name: "positionBetween",
  inputs: 3,
  outputs: ["value"],
  warmUp: () => [0],
  state: () => new PositionState(),
  run([value, lowest, highest], from, to, _, [out]) {
    for (let i = from; i < to; i++) out![i] = position(value![i]!, lowest![i]!, highest![i]!);
  },
};

/** Lengths of {@linkcode stochastic}, in candles. */
export interface StochasticLengths {
  readonly length: number;
  /** Of the average that makes the slow %K. */
  readonly smooth: number;
  /** Of the average of that: %D. */
  readonly signal: number;
}

/**
 * Slow stochastic oscillator, 0 … 100: where the close lies in the range of the last `length` candles, averaged twice.
 *
 * 0 where the range is nothing. Both lines begin together, after `length` + `smooth` + `signal` − 2 candles. Source:
 * George Lane; TA-Lib `STOCH` with simple averages.
 */
export function stochastic({ length, smooth, signal }: StochasticLengths): { readonly k: Series; readonly d: Series } {
  checkedLength(length, 1, "the length of stochastic");
  const raw = applyKernel(positionKernel, [close, lowest(low, length), highest(high, length)], [])[0]!;
  const k = sma(raw, smooth), d = sma(k, signal);
  return { k: k.given(d), d };
}
