import type { ColumnMemory } from "../../series/mod.ts";
import { trialKernels } from "./trial_kernels.ts";

/** Rows of a fine and of a coarse block, as powers of two. */
const FINE = 4, COARSE = 8;

/**
 * The extremes of a column by blocks of 16 and of 256 rows, so that the first row beyond a price is found without reading
 * those before it. Shared by all trials over a history.
 */
export class BlockExtremes {
  readonly fineLeast: Float64Array;
  readonly fineMost: Float64Array;
  readonly coarseLeast: Float64Array;
  readonly coarseMost: Float64Array;

  /** @param values A column that lies in the memory, as the blocks will. */
  constructor(name: string, readonly values: Float64Array, memory: ColumnMemory) {
    [this.fineLeast, this.fineMost] = blocksOf(`${name} fine`, values, values, FINE, memory);
    [this.coarseLeast, this.coarseMost] = blocksOf(
      `${name} coarse`,
      this.fineLeast,
      this.fineMost,
      COARSE - FINE,
      memory,
    );
  }

  /** The first row of `from` … `to` (not included) at or below a price, or only below it; `to` where there is none. */
  firstBelow(price: number, orAt: boolean, from: number, to: number): number {
    const { values, fineLeast, coarseLeast } = this;
    for (let row = from; row < to;) {
      if ((row & 255) === 0 && isAbove(coarseLeast[row >>> COARSE]!, price, orAt)) {
        row += 256;
        continue;
      }
      // A block that begins before `from` may hold less than its rows from there on, never more.
      const next = (row | 15) + 1;
      if (!isAbove(fineLeast[row >>> FINE]!, price, orAt)) {
        for (const end = Math.min(next, to); row < end; row++) {
          const value = values[row]!;
          if (value < price || orAt && value === price) return row;
        }
      }
      row = next;
    }
    return to;
  }

  /** The first row at or above a price, or only above it. */
  firstAbove(price: number, orAt: boolean, from: number, to: number): number {
    const { values, fineMost, coarseMost } = this;
    for (let row = from; row < to;) {
      if ((row & 255) === 0 && isAbove(price, coarseMost[row >>> COARSE]!, orAt)) {
        row += 256;
        continue;
      }
      const next = (row | 15) + 1;
      if (!isAbove(price, fineMost[row >>> FINE]!, orAt)) {
        for (const end = Math.min(next, to); row < end; row++) {
          const value = values[row]!;
          if (value > price || orAt && value === price) return row;
        }
      }
      row = next;
    }
    return to;
  }
}

/** True where a value is beyond a price that counts when it is reached, or only when it is passed. */
function isAbove(value: number, price: number, orAt: boolean): boolean {
  return value > price || value === price && !orAt;
}

function blocksOf(
  name: string,
  least: Float64Array,
  most: Float64Array,
  bits: number,
  memory: ColumnMemory,
): [Float64Array, Float64Array] {
  const { length } = least, blocks = Math.ceil(length / (1 << bits));
  const both = memory.lasting(`blocks: ${name}`, 2 * blocks, (extremes) => {
    const kernels = trialKernels(memory), at = extremes.byteOffset;
    if (kernels !== null) {
      return kernels.findBlocks(least.byteOffset, most.byteOffset, length, 1 << bits, at, at + 8 * blocks);
    }
    for (let block = 0, i = 0; block < blocks; block++) {
      let low = Infinity, high = -Infinity;
      for (const end = Math.min((block + 1) << bits, length); i < end; i++) {
        if (least[i]! < low) low = least[i]!;
        if (most[i]! > high) high = most[i]!;
      }
      extremes[block] = low;
      extremes[blocks + block] = high;
    }
  });
  return [both.subarray(0, blocks), both.subarray(blocks)];
}
