import type { ReturnsMatrix } from "./returns_matrix.ts";

/** Share of the squares that is rounding: what varies less does not vary. */
const ROUNDING = 1e-13;

/**
 * Sharpe ratios of many strategies over any half of the blocks of their history, from the sums of each block. A half's
 * sums are added up block by block and never subtracted from the whole: strategies with the same returns in a half have
 * the very same ratio there, whatever they did in the other one, and so a tie is a tie.
 */
export class BlockSharpes {
  /** Number of ways to choose half of the blocks. */
  readonly splits: number;
  readonly #strategies: number;
  readonly #halfPeriods: number;
  /** Of each block: sums of all strategies, then their sums of squares. */
  readonly #blocks: Float64Array[];

  constructor(returns: ReturnsMatrix, blocks: number) {
    const periods = Math.floor(returns[0]!.length / blocks);
    this.#strategies = returns.length;
    this.#halfPeriods = periods * blocks / 2;
    this.#blocks = Array.from({ length: blocks }, () => new Float64Array(2 * returns.length));
    for (const [j, column] of returns.entries()) this.#addColumn(column, j, periods);
    let splits = 1;
    for (let i = 1; i <= blocks / 2; i++) splits = splits * (blocks / 2 + i) / i;
    this.splits = Math.round(splits);
  }

  #addColumn(column: ArrayLike<number>, j: number, periods: number): void {
    let i = column.length - periods * this.#blocks.length;
    for (const block of this.#blocks) {
      let sum = 0, squares = 0;
      for (const end = i + periods; i < end; i++) {
        sum += column[i]!;
        squares += column[i]! * column[i]!;
      }
      block[j] = sum;
      block[this.#strategies + j] = squares;
    }
  }

  /**
   * Visits the halves with the first block in them in lexicographic order, with the ratios of all strategies over that half
   * and over the other one. The columns are used again for the next one.
   */
  forEachHalf(visit: (split: number, sharpes: Float64Array, others: Float64Array) => void): void {
    const blocks = this.#blocks.length, half = blocks / 2, width = 2 * this.#strategies;
    const sums = Array.from({ length: blocks }, () => new Float64Array(width)), none = new Float64Array(width);
    const sharpes = new Float64Array(this.#strategies), others = new Float64Array(this.#strategies);
    let split = 0;
    const choose = (block: number, chosen: number, own: Float64Array, rest: Float64Array) => {
      if (block === blocks) {
        this.#sharpes(own, sharpes);
        this.#sharpes(rest, others);
        visit(split++, sharpes, others);
        return;
      }
      const next = this.#blocks[block]!, into = sums[block]!;
      if (chosen < half) choose(block + 1, chosen + 1, added(own, next, into), rest);
      if (block - chosen < half) choose(block + 1, chosen, own, added(rest, next, into));
    };
    choose(1, 1, this.#blocks[0]!, none);
  }

  #sharpes(sums: Float64Array, into: Float64Array): void {
    const n = this.#halfPeriods, strategies = this.#strategies;
    for (let j = 0; j < strategies; j++) {
      const sum = sums[j]!, squares = sums[strategies + j]!, spread = squares - sum * sum / n;
      into[j] = spread > ROUNDING * squares ? sum / n / Math.sqrt(spread / (n - 1)) : 0;
    }
  }
}

function added(a: Float64Array, b: Float64Array, into: Float64Array): Float64Array {
  for (let k = 0; k < into.length; k++) into[k] = a[k]! + b[k]!;
  return into;
}
