/**
 * The first of so many rows for which something holds, `rows` where there is none, by halving.
 *
 * @param holds False up to some row, and true from there on.
 */
export function firstRow(rows: number, holds: (row: number) => boolean): number {
  let low = 0, high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** First row of ascending times that comes after a moment: as many as there were by then. */
export function rowAfter(timesMs: ArrayLike<number>, timeMs: number): number {
  return firstRow(timesMs.length, (row) => timesMs[row]! > timeMs);
}
