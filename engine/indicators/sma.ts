import {
  applyKernel,
  checkedLength,
  type Kernel,
  KernelState,
  REBUILD_EVERY,
  rebuildsAt,
  type Series,
  type SeriesLike,
} from "../series/mod.ts";
import { SMA_WASM } from "./sma_wasm.ts";

const COUNT = 0, SUM = 1, AT = 2, RING = 3;

class SmaState extends KernelState {
  constructor(readonly length: number) {
    super(1, RING + length);
  }
  push(): void {
    const a = this.input[0]!;
    const { memory, length } = this;
    const count = memory[COUNT]! | 0, at = memory[AT]! | 0;
    // Until the window is full its places hold zeros.
    memory[SUM]! += a - memory[RING + at]!;
    memory[RING + at] = a;
    memory[AT] = at + 1 === length ? 0 : at + 1;
    memory[COUNT] = count + 1;
    if (rebuildsAt(count) && count >= length) this.#rebuild(at);
    this.out[0] = count + 1 < length ? NaN : memory[SUM]! / length;
  }
  /** Adds the window from its oldest value, which follows the newest at `newest`. */
  #rebuild(newest: number): void {
    const { memory, length } = this;
    let sum = 0;
    for (let i = newest + 1; i < length; i++) sum += memory[RING + i]!;
    for (let i = 0; i <= newest; i++) sum += memory[RING + i]!;
    memory[SUM] = sum;
  }
}

/** One pass of a moving average over known values; rows before the first full window are unknown. */
export function smaRun(x: Float64Array, from: number, to: number, length: number, out: Float64Array): void {
  let sum = 0;
  const full = Math.min(from + length, to);
  for (let i = from; i < full; i++) {
    sum += x[i]!;
    out[i] = NaN;
  }
  if (full - from < length) return;
  out[full - 1] = sum / length;
  for (let i = full; i < to;) {
    // Up to the next candle on which the sum is rebuilt, that one left out.
    const rebuild = i + (REBUILD_EVERY - 1 - (i - from) % REBUILD_EVERY);
    const stop = Math.min(rebuild, to);
    for (; i < stop; i++) {
      sum += x[i]! - x[i - length]!;
      out[i] = sum / length;
    }
    if (i >= to) return;
    sum = 0;
    for (let k = i - length + 1; k <= i; k++) sum += x[k]!;
    out[i] = sum / length;
    i++;
  }
}

/** Kernel of {@linkcode sma}. */
export const smaKernel: Kernel = {
  name: "sma",
  inputs: 1,
  outputs: ["value"],
  warmUp: ([length]) => [length! - 1],
  state: ([length]) => new SmaState(length!),
  run: ([x], from, to, [length], [out]) => smaRun(x!, from, to, length!, out!),
  compiled: {
    module: SMA_WASM,
    run({ sma }, [x], origin, from, to, [length], [out]) {
      (sma as CallableFunction)(x, origin, from, to, length, out);
    },
    growth: ([length]) => 4 * length!,
  },
};

/**
 * Simple moving average: the mean of the last `length` values, in the input's units.
 *
 * Order of operations: the sum takes the new value less the one that leaves, and is rebuilt from the window every 1,024
 * candles. First value after `length` candles. Source: TA-Lib `SMA`.
 *
 * @example
 * ```ts
 * import { close } from "../series/mod.ts";
 * import { sma } from "./mod.ts";
 * close.gt(sma(close, 200)).label; // close > sma(close, 200)
 * ```
 */
export function sma(input: SeriesLike, length: number): Series {
  return applyKernel(smaKernel, [input], [checkedLength(length, 1, "the length of sma")])[0]!;
}
