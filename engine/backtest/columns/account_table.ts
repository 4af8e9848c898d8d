// What accounts read of a row when they pass it.

/**
 * Four numbers a row after four zeros, side by side because they are looked at together: its close; and over all rows up to it
 * Σ of close − `reference` (sums of small differences keep their digits), and of r and r² with r = close ÷ close before − 1.
 */
export const TABLE_NUMBERS = 4;

/** Fills the table of all rows. */
export function fillTable(close: Float64Array, reference: number, table: Float64Array): void {
  table.fill(0, 0, TABLE_NUMBERS);
  for (let row = 0, before = close[0]!, sum = 0, returns = 0, squares = 0; row < close.length; row++) {
    const own = close[row]!, change = own / before - 1, at = TABLE_NUMBERS * (row + 1);
    table[at] = own;
    table[at + 1] = sum += own - reference;
    table[at + 2] = returns += change;
    table[at + 3] = squares += change * change;
    before = own;
  }
}
