// Probability of backtest overfitting by combinatorially symmetric cross-validation: Bailey, Borwein, López de Prado and
// Zhu, "The Probability of Backtest Overfitting" (2015). Conventions stand at the functions.
import { InputError } from "../errors/mod.ts";
import { elementary, type Figure, mean } from "../metrics/mod.ts";
import { BlockSharpes } from "./block_sharpes.ts";
import { periodsOf, type ReturnsMatrix } from "./returns_matrix.ts";

/** Blocks unless stated: 12,870 splits. */
const BLOCKS = 16;
const MOST_BLOCKS = 20;
/** Share of the squares that is rounding: ratios that differ less are the same. */
const ROUNDING = 1e-26;

/** What became of the best strategy of each half of the history in the other half. */
export interface BacktestOverfitting {
  /** Share of splits in which the best in sample is in the lower half out of sample: logits at or below 0. */
  readonly pbo: number;
  /** Share of splits in which it has lost out of sample: a Sharpe ratio below 0. */
  readonly probabilityOfLoss: number;
  /** Straight line through its Sharpe ratios out of sample (y) over those in sample (x); null where x is always the same. */
  readonly degradation: { readonly slope: number; readonly intercept: number; readonly rSquared: Figure } | null;
  readonly meanLogit: number;
  readonly medianLogit: number;
  readonly blocks: number;
  /** Periods at the start that are left out, so that all blocks are equally long. */
  readonly droppedPeriods: number;
  /** By split, in lexicographic order of the blocks that are in sample: */
  readonly splits: {
    /** Number of the strategy that is best in sample, the first one of equals. */
    readonly best: Int32Array;
    /** Its Sharpe ratio of a period in sample, and out of sample. */
    readonly inSample: Float64Array;
    readonly outOfSample: Float64Array;
    /** Its ascending rank out of sample ÷ (strategies + 1); equals share the average of their ranks. */
    readonly relativeRank: Float64Array;
    /** ln(rank ÷ (1 − rank)): above 0 in the better half. */
    readonly logits: Float64Array;
  };
}

/**
 * The history is cut into blocks; each half of the blocks is in sample once, and the others are out of sample. Strategies
 * are compared by mean ÷ standard deviation (ddof 1) of their returns; one without variance counts as 0.
 *
 * @param blocks An even number from 2 to 20; periods that are left over are dropped at the start.
 * @throws {InputError} `overfitting` of fewer than 2 strategies, of too few periods or an odd number of blocks; `returns`
 * of a matrix with holes.
 */
export function backtestOverfitting(returns: ReturnsMatrix, blocks: number = BLOCKS): BacktestOverfitting {
  checkShape(returns, periodsOf(returns), blocks);
  const halves = new BlockSharpes(returns, blocks), strategies = returns.length;
  const count = halves.splits;
  const splits = {
    best: new Int32Array(count),
    inSample: new Float64Array(count),
    outOfSample: new Float64Array(count),
    relativeRank: new Float64Array(count),
    logits: new Float64Array(count),
  };
  const judge = (split: number, inSample: Float64Array, outOfSample: Float64Array) => {
    const best = indexOfMost(inSample), rank = averageRank(outOfSample, best) / (strategies + 1);
    splits.best[split] = best;
    splits.inSample[split] = inSample[best]!;
    splits.outOfSample[split] = outOfSample[best]!;
    splits.relativeRank[split] = rank;
    splits.logits[split] = elementary.log(rank / (1 - rank));
  };
  // The other half of a split is a split, too: the k-th from the end, in lexicographic order.
  halves.forEachHalf((split, sharpes, others) => {
    judge(split, sharpes, others);
    judge(count - 1 - split, others, sharpes);
  });
  return {
    pbo: shareOf(splits.logits, (logit) => logit <= 0),
    probabilityOfLoss: shareOf(splits.outOfSample, (sharpe) => sharpe < 0),
    degradation: lineThrough(splits.inSample, splits.outOfSample),
    meanLogit: mean(splits.logits)!,
    medianLogit: median(splits.logits),
    blocks,
    droppedPeriods: returns[0]!.length % blocks,
    splits,
  };
}

/**
 * A number of blocks that can be halved; 16 where none is stated.
 *
 * @throws {InputError} `overfitting` of any other number.
 */
export function overfittingBlocks(blocks: number = BLOCKS): number {
  if (Number.isInteger(blocks) && blocks >= 2 && blocks <= MOST_BLOCKS && blocks % 2 === 0) return blocks;
  throw new InputError(
    "overfitting",
    `${blocks} blocks cannot be halved: choose an even number from 2 to ${MOST_BLOCKS}`,
  );
}

function checkShape(returns: ReturnsMatrix, periods: number, blocks: number): void {
  if (returns.length < 2) {
    throw new InputError("overfitting", "one strategy alone cannot be overfitted to: give the returns of all trials");
  }
  overfittingBlocks(blocks);
  if (periods < blocks * 2) {
    throw new InputError(
      "overfitting",
      `${periods} returns are too few for ${blocks} blocks of at least 2: choose fewer blocks, or a longer history`,
    );
  }
}

function indexOfMost(values: Float64Array): number {
  let most = 0;
  for (let j = 1; j < values.length; j++) if (values[j]! > values[most]!) most = j;
  return most;
}

/** Rank of a value among all, from 1 on. */
function averageRank(values: Float64Array, index: number): number {
  const value = values[index]!;
  let below = 0, equal = 0;
  for (let j = 0; j < values.length; j++) {
    if (values[j]! < value) below++;
    else if (values[j]! === value) equal++;
  }
  return below + (equal + 1) / 2;
}

function shareOf(values: Float64Array, holds: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (holds(value)) count++;
  return count / values.length;
}

function median(values: Float64Array): number {
  const sorted = values.toSorted(), middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Least squares. */
function lineThrough(x: Float64Array, y: Float64Array): BacktestOverfitting["degradation"] {
  const n = x.length, middleX = mean(x)!, middleY = mean(y)!;
  let xx = 0, xy = 0, yy = 0, squares = 0;
  for (let i = 0; i < n; i++) {
    const dx = x[i]! - middleX, dy = y[i]! - middleY;
    squares += x[i]! * x[i]!;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  if (!(xx > ROUNDING * squares)) return null;
  const slope = xy / xx;
  return { slope, intercept: middleY - slope * middleX, rSquared: yy > 0 ? xy * xy / (xx * yy) : null };
}
