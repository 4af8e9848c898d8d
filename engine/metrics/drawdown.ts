import { type Figure, figure } from "./figure.ts";

/**
 * A stretch below a peak. Indices point into the equity after the start; −1 is the start itself, before the first
 * return.
 */
export interface Drawdown {
  /** Last point at the peak. */
  readonly peakIndex: number;
  readonly valleyIndex: number;
  /** First point at or above the peak; null while it has not recovered. */
  readonly recoveryIndex: number | null;
  /** Valley ÷ peak − 1, below 0. */
  readonly depthFraction: number;
  /** Points from the peak to the recovery, or to the end. */
  readonly lengthPeriods: number;
}

/** Equity ÷ its highest value so far − 1 at each point, at most 0. `start`, above 0, is the first peak. */
export function drawdownColumn(equity: ArrayLike<number>, start: number): Float64Array {
  const column = new Float64Array(equity.length);
  let peak = start;
  for (let i = 0; i < column.length; i++) {
    if (equity[i]! > peak) peak = equity[i]!;
    column[i] = equity[i]! / peak - 1;
  }
  return column;
}

/** All stretches of a drawdown column below 0, oldest first. */
export function drawdownsOf(column: ArrayLike<number>): Drawdown[] {
  const found: Drawdown[] = [];
  const n = column.length;
  for (let i = 0; i < n; i++) {
    if (column[i]! >= 0) continue;
    const peakIndex = i - 1;
    let valleyIndex = i;
    for (; i < n && column[i]! < 0; i++) if (column[i]! < column[valleyIndex]!) valleyIndex = i;
    found.push({
      peakIndex,
      valleyIndex,
      recoveryIndex: i < n ? i : null,
      depthFraction: column[valleyIndex]!,
      lengthPeriods: Math.min(i, n - 1) - peakIndex,
    });
  }
  return found;
}

/** The `count` deepest, deepest first; of equally deep ones the older first. */
export function worstDrawdowns(drawdowns: readonly Drawdown[], count: number): Drawdown[] {
  return drawdowns.toSorted((a, b) => a.depthFraction - b.depthFraction).slice(0, count);
}

/** The one that took longest; of equally long ones the oldest. */
export function longestDrawdown(drawdowns: readonly Drawdown[]): Drawdown | undefined {
  let longest: Drawdown | undefined;
  for (const own of drawdowns) if (own.lengthPeriods > (longest?.lengthPeriods ?? 0)) longest = own;
  return longest;
}

/** Depth of the deepest drawdown, at most 0; null of an empty column. */
export function maxDrawdown(column: ArrayLike<number>): Figure {
  let deepest = 0;
  for (let i = 0; i < column.length; i++) if (column[i]! < deepest) deepest = column[i]!;
  return column.length === 0 ? null : deepest;
}

/** Mean depth of the drawdowns; null when there was none. */
export function averageDrawdown(drawdowns: readonly Drawdown[]): Figure {
  return figure(drawdowns.reduce((total, own) => total + own.depthFraction, 0) / drawdowns.length);
}

/** Ulcer index √(Σ drawdown² ÷ (n − ddof)) over the n points after the start; null of fewer than 2 points. */
export function ulcerIndex(column: ArrayLike<number>, ddof: 0 | 1 = 0): Figure {
  if (column.length < 2) return null;
  let squares = 0;
  for (let i = 0; i < column.length; i++) squares += column[i]! * column[i]!;
  return figure(Math.sqrt(squares / (column.length - ddof)));
}
