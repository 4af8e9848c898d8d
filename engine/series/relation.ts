// Where one column is larger than another, as bits: 32 rows in a word. This is the plain form; relation.as is its twin.

/** Rows in a word of bits. */
export const ROWS_PER_WORD = 32;

/** How many words hold a bit for each row. */
export function wordsOf(rows: number): number {
  return Math.ceil(rows / ROWS_PER_WORD);
}

/** True where the bit of a row is set. */
export function isSet(bits: Int32Array, row: number): boolean {
  return (bits[row >>> 5]! >>> (row & 31) & 1) === 1;
}

/**
 * Fills so many words with the bits of the rows in which the first of two columns is the larger; the bits begin with the word
 * `first` of the columns.
 */
export function fillLarger(
  bits: Int32Array,
  a: Float64Array,
  b: Float64Array,
  first: number,
  words: number,
): void {
  for (let word = 0; word < words; word++) {
    const row = (first + word) * ROWS_PER_WORD, rows = Math.min(ROWS_PER_WORD, a.length - row);
    let larger = 0;
    // Without branches: either may come next.
    for (let bit = 0; bit < rows; bit++) larger |= +(a[row + bit]! > b[row + bit]!) << bit;
    bits[word] = larger;
  }
}

/** Fills so many words with the rows that are in one of two. */
export function fillEither(bits: Int32Array, a: Int32Array, b: Int32Array, words: number): void {
  for (let word = 0; word < words; word++) bits[word] = a[word]! | b[word]!;
}

/** Fills so many words with the rows that are in both. */
export function fillBoth(bits: Int32Array, a: Int32Array, b: Int32Array, words: number): void {
  for (let word = 0; word < words; word++) bits[word] = a[word]! & b[word]!;
}

/** Fills so many words with the rows that are in the first and not in the second. */
export function fillWithout(bits: Int32Array, a: Int32Array, b: Int32Array, words: number): void {
  for (let word = 0; word < words; word++) bits[word] = a[word]! & ~b[word]!;
}

/** Fills so many words with the rows that are known and in neither of two others. */
export function fillNeither(
  bits: Int32Array,
  known: Int32Array,
  otherKnown: Int32Array,
  a: Int32Array,
  b: Int32Array,
  words: number,
): void {
  for (let word = 0; word < words; word++) {
    bits[word] = known[word]! & otherKnown[word]! & ~(a[word]! | b[word]!);
  }
}

/** Fills so many words with the rows that are larger, whose row before is known and was not; of the first row unknown. */
export function fillCrossings(
  bits: Int32Array,
  known: Int32Array,
  otherKnown: Int32Array,
  larger: Int32Array,
  words: number,
): void {
  for (let word = 0, carried = 0; word < words; word++) {
    const own = larger[word]!, before = known[word]! & otherKnown[word]! & ~own;
    bits[word] = own & (before << 1 | carried);
    carried = before >>> 31;
  }
}

/** Fills the bits of the rows whose values are finite; true when a value is neither that nor NaN. */
export function fillKnown(known: Int32Array, values: Float64Array): boolean {
  let isOdd = false;
  known.fill(0);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value - value === 0) known[row >>> 5]! |= 1 << (row & 31);
    else if (value === value) isOdd = true;
  }
  return isOdd;
}
