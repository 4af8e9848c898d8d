import { applyKernel, checkedLength, close, high, type Kernel, KernelState, low, type Series } from "../series/mod.ts";

const COUNT = 0, RING = 1;
/** Share of the mean below which a deviation is what rounding leaves, as TA-Lib 0.8 has it. */
const NOISE = 1e-14;

class CciState extends KernelState {
  constructor(readonly length: number) {
    super(1, RING + length);
  }
  push(): void {
    const high = this.input[0]!, low = this.input[1]!, close = this.input[2]!;
    const { memory, length } = this;
    const count = memory[COUNT]! | 0, typical = (high + low + close) / 3;
    memory[RING + count % length] = typical;
    memory[COUNT] = count + 1;
    if (count + 1 < length) return;
    // In the order of the ring, as TA-Lib adds.
    let sum = 0, away = 0;
    for (let i = RING; i < RING + length; i++) sum += memory[i]!;
    const mean = sum / length;
    for (let i = RING; i < RING + length; i++) away += Math.abs(memory[i]! - mean);
    const distance = typical - mean, deviation = away / length, noise = NOISE * Math.abs(mean);
    this.out[0] = Math.abs(distance) > noise && deviation > noise ? distance / (0.015 * deviation) : 0;
  }
}

/** Kernel of {@linkcode cci}. */
export const cciKernel: Kernel = {
  name: "cci",
  inputs: 3,
  outputs: ["value"],
  warmUp: ([length]) => [length! - 1],
  state: ([length]) => new CciState(length!),
};

/**
 * Commodity channel index: how many mean absolute deviations × 0.015 the typical price lies from its mean; no unit.
 *
 * 0 where nothing deviates by more than rounding does. First value after `length` candles. Source: Donald Lambert (1980); TA-Lib `CCI`.
 */
export function cci(length: number): Series {
  return applyKernel(cciKernel, [high, low, close], [checkedLength(length, 2, "the length of cci")])[0]!;
}
