import { InputError } from "../errors/mod.ts";
import type { Random } from "../time/mod.ts";
import type { ReturnsMatrix } from "./returns_matrix.ts";

/** Means of all columns over drawn histories of the same length. */
export interface BootstrapSettings {
  /** Drawn histories: 1,000 unless stated. */
  readonly resamples?: number;
  /** Mean length of the blocks that are drawn, in periods: √n unless stated. It keeps what returns have to do with those before. */
  readonly meanBlockPeriods?: number;
  readonly random: Random;
}

const RESAMPLES = 1_000;

/**
 * What is drawn with: the settings with those that were not stated.
 *
 * @throws {InputError} `bootstrap` of settings that cannot be used.
 */
export function statedBootstrap(periods: number, settings: BootstrapSettings) {
  const { resamples = RESAMPLES, meanBlockPeriods = Math.round(Math.sqrt(periods)) } = settings;
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new InputError("bootstrap", `${resamples} histories cannot be drawn: choose a whole number from 1 on`);
  }
  if (!(meanBlockPeriods >= 1)) {
    throw new InputError("bootstrap", `blocks cannot be ${meanBlockPeriods} periods long: choose a number from 1 on`);
  }
  return { resamples, meanBlockPeriods };
}

/**
 * Stationary bootstrap (Politis and Romano, 1994): blocks begin anywhere and go on with probability 1 − 1 ÷ length, past
 * the end from the start. All columns are drawn together, so what they have to do with each other is kept.
 *
 * @param visit Takes the means of a drawn history; the column is used again for the next one.
 * @returns How many histories were drawn.
 */
export function forEachBootstrapMean(
  returns: ReturnsMatrix,
  settings: BootstrapSettings,
  visit: (means: Float64Array) => void,
): number {
  const periods = returns[0]!.length, strategies = returns.length;
  const { resamples, meanBlockPeriods } = statedBootstrap(periods, settings);
  const sums = runningSums(returns), means = new Float64Array(strategies);
  for (let drawn = 0; drawn < resamples; drawn++) {
    means.fill(0);
    forEachBlock(periods, 1 / meanBlockPeriods, settings.random, (from, to) => addRows(means, sums, from, to));
    for (let j = 0; j < strategies; j++) means[j] = means[j]! / periods;
    visit(means);
  }
  return resamples;
}

/** Draws as many periods as there are, in blocks [from, to) that do not reach past the end. */
export function forEachBlock(
  periods: number,
  restart: number,
  random: Random,
  visit: (from: number, to: number) => void,
): void {
  let left = periods;
  while (left > 0) {
    let from = Math.floor(random.next() * periods), to = from;
    do {
      if (to === periods) {
        visit(from, to);
        from = to = 0;
      }
      to++;
      left--;
    } while (left > 0 && random.next() >= restart);
    visit(from, to);
  }
}

/** Row i holds each column's sum of its first i values: the sum of a block is one difference, however long it is. */
function runningSums(returns: ReturnsMatrix): Float64Array[] {
  const rows = [new Float64Array(returns.length)];
  for (let i = 0; i < returns[0]!.length; i++) {
    rows.push(Float64Array.from(rows[i]!, (sum, j) => sum + returns[j]![i]!));
  }
  return rows;
}

function addRows(into: Float64Array, sums: readonly Float64Array[], from: number, to: number): void {
  const before = sums[from]!, after = sums[to]!;
  for (let j = 0; j < into.length; j++) into[j] = into[j]! + (after[j]! - before[j]!);
}
