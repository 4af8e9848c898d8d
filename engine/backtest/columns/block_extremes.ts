/** Rows of a fine and of a coarse block, as powers of two. */
const FINE = 4, COARSE = 8;

/**
 * The extremes of a column by blocks of 16 and of 256 rows, so that the first row beyond a price is found without reading
 * those before it. Shared by all trials over a history.
 */
export class BlockExtremes {
  readonly #fineLeast: Float64Array;
  readonly #fineMost: Float64Array;
  readonly #coarseLeast: Float64Array;
  readonly #coarseMost: Float64Array;

  constructor(readonly values: Float64Array) {
    [this.#fineLeast, this.#fineMost] = blocksOf(values, values, FINE);
    [this.#coarseLeast, this.#coarseMost] = blocksOf(this.#fineLeast, this.#fineMost, COARSE - FINE);
  }

  /** The first row of `from` … `to` (not included) at or below a price, or only below it; `to` where there is none. */
  firstBelow(price: number, orAt: boolean, from: number, to: number): number {
    const { values } = this, fine = this.#fineLeast, coarse = this.#coarseLeast;
    for (let row = from; row < to;) {
      if ((row & 15) === 0) {
        const isCoarse = (row & 255) === 0, least = isCoarse ? coarse[row >>> COARSE]! : fine[row >>> FINE]!;
        if (least > price || least === price && !orAt) {
          row += isCoarse ? 256 : 16;
          continue;
        }
        if (isCoarse && fine[row >>> FINE]! > price) {
          row += 16;
          continue;
        }
      }
      const value = values[row]!;
      if (value < price || value === price && orAt) return row;
      row++;
    }
    return to;
  }

  /** The first row at or above a price, or only above it. */
  firstAbove(price: number, orAt: boolean, from: number, to: number): number {
    const { values } = this, fine = this.#fineMost, coarse = this.#coarseMost;
    for (let row = from; row < to;) {
      if ((row & 15) === 0) {
        const isCoarse = (row & 255) === 0, most = isCoarse ? coarse[row >>> COARSE]! : fine[row >>> FINE]!;
        if (most < price || most === price && !orAt) {
          row += isCoarse ? 256 : 16;
          continue;
        }
        if (isCoarse && fine[row >>> FINE]! < price) {
          row += 16;
          continue;
        }
      }
      const value = values[row]!;
      if (value > price || value === price && orAt) return row;
      row++;
    }
    return to;
  }
}

function blocksOf(least: Float64Array, most: Float64Array, bits: number): [Float64Array, Float64Array] {
  const blocks = Math.ceil(least.length / (1 << bits));
  const lows = new Float64Array(blocks).fill(Infinity), highs = new Float64Array(blocks).fill(-Infinity);
  for (let i = 0; i < least.length; i++) {
    const block = i >>> bits;
    if (least[i]! < lows[block]!) lows[block] = least[i]!;
    if (most[i]! > highs[block]!) highs[block] = most[i]!;
  }
  return [lows, highs];
}
