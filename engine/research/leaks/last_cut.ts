/**
 * The last row after which another future still changes something, by halving.
 *
 * @param known A row after which it does.
 * @param last The last row after which there is a future.
 */
export function lastCut(known: number, last: number, changes: (row: number) => boolean): number {
  if (changes(last)) return last;
  let low = known, high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (changes(middle)) low = middle;
    else high = middle;
  }
  return low;
}
