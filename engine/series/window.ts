import { InputError } from "../errors/mod.ts";
import { type Kernel, KernelState } from "./kernel.ts";
import { applyKernel, type Series, type SeriesLike } from "./series.ts";

/** Longest window that a series may look back over, in candles. */
export const LONGEST_WINDOW = 100_000;

/**
 * Checks a number of candles.
 *
 * @throws {InputError} `series` naming what it is for.
 */
export function checkedLength(length: number, least: number, what: string): number {
  if (Number.isInteger(length) && length >= least && length <= LONGEST_WINDOW) return length;
  throw new InputError(
    "series",
    `${what} cannot be ${length}: it is a whole number from ${least} to ${LONGEST_WINDOW}`,
  );
}

const COUNT = 0, BEST = 1, RING = 2;

/** The extreme of the last `length` values; the window is searched again only when the extreme leaves it. */
class ExtremeState extends KernelState {
  constructor(readonly length: number, readonly sign: 1 | -1) {
    super(1, RING + length);
  }
  push(): void {
    const a = this.input[0]!;
    const { memory, length, sign } = this;
    const count = memory[COUNT]! | 0, best = memory[BEST]! | 0;
    memory[RING + count % length] = a;
    memory[COUNT] = count + 1;
    // The extreme that leaves has already been overwritten in the ring.
    if (best <= count - length) memory[BEST] = this.#search(count);
    else if (sign * a >= sign * memory[RING + best % length]!) memory[BEST] = count;
    this.out[0] = count + 1 < length ? NaN : memory[RING + (memory[BEST]! | 0) % length]!;
  }
  #search(count: number): number {
    const { memory, length, sign } = this;
    let best = count - length + 1;
    for (let i = best + 1; i <= count; i++) {
      if (sign * memory[RING + i % length]! >= sign * memory[RING + best % length]!) best = i;
    }
    return best;
  }
}

const extreme = (name: string, sign: 1 | -1): Kernel => ({
  name,
  inputs: 1,
  outputs: ["value"],
  warmUp: ([length]) => [length! - 1],
  state: ([length]) => new ExtremeState(length!, sign),
  run([x], from, to, [length], [out]) {
    for (let i = from, best = from; i < to; i++) {
      if (best <= i - length!) {
        best = i - length! + 1;
        for (let k = best + 1; k <= i; k++) if (sign * x![k]! >= sign * x![best]!) best = k;
      } else if (sign * x![i]! >= sign * x![best]!) best = i;
      out![i] = i - from + 1 < length! ? NaN : x![best]!;
    }
  },
});
const highestKernel = extreme("highest", 1), lowestKernel = extreme("lowest", -1);

/** Highest of the last `length` values, this candle's included. */
export function highest(input: SeriesLike, length: number): Series {
  return applyKernel(highestKernel, [input], [checkedLength(length, 1, "the length of highest")])[0]!;
}

/** Lowest of the last `length` values, this candle's included. */
export function lowest(input: SeriesLike, length: number): Series {
  return applyKernel(lowestKernel, [input], [checkedLength(length, 1, "the length of lowest")])[0]!;
}

class ShiftState extends KernelState {
  constructor(readonly count: number) {
    super(1, 1 + count);
  }
  push(): void {
    const a = this.input[0]!;
    const { memory, count } = this;
    const seen = memory[0]! | 0, slot = 1 + seen % count;
    this.out[0] = seen < count ? NaN : memory[slot]!;
    memory[slot] = a;
    memory[0] = seen + 1;
  }
}

const shiftKernel: Kernel = {
  name: "shift",
  inputs: 1,
  outputs: ["value"],
  warmUp: ([count]) => [count!],
  state: ([count]) => new ShiftState(count!),
};

/**
 * The value `count` candles ago. There is no negative shift: it would be the future.
 *
 * @throws {InputError} `series` for a count below zero.
 */
export function shift(input: Series, count: number): Series {
  checkedLength(count, 0, "the number of candles to shift by");
  return count === 0 ? input : applyKernel(shiftKernel, [input], [count])[0]!;
}
