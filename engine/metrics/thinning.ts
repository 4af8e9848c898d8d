/**
 * Rows to keep so that a drawing of the columns looks the same with at most `limit` points, 10 or more: of each stretch
 * of equal count the row of the lowest and of the highest value of every column, and the first and last row of all, in
 * as many stretches as fit. Ascending.
 */
export function rowsToKeep(columns: readonly ArrayLike<number>[], limit: number): number[] {
  const n = columns[0]?.length ?? 0;
  if (n <= limit) return Array.from({ length: n }, (_, row) => row);
  // Columns often have their extremes in common; only where they have none a stretch needs two rows for each of them.
  for (let stretches = Math.floor((limit - 2) / 2); stretches > 1; stretches = Math.floor(stretches * 0.8)) {
    const rows = extremes(columns, n, stretches);
    if (rows.size <= limit) return [...rows].sort((a, b) => a - b);
  }
  return [...extremes(columns, n, 1)].sort((a, b) => a - b);
}

function extremes(columns: readonly ArrayLike<number>[], n: number, stretches: number): Set<number> {
  const rows = new Set([0, n - 1]);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor(stretch * n / stretches), to = Math.floor((stretch + 1) * n / stretches);
    for (const column of columns) {
      let lowest = from, highest = from;
      for (let row = from + 1; row < to; row++) {
        if (column[row]! < column[lowest]!) lowest = row;
        if (column[row]! > column[highest]!) highest = row;
      }
      rows.add(lowest).add(highest);
    }
  }
  return rows;
}
