// Which of two columns is the larger, as bits: 32 rows in a word, and most words without looking at a row.

/** Rows in a word of bits. */
export const ROWS_PER_WORD = 32;

/** How many words hold a bit for each row. */
export function wordsOf(rows: number): number {
  return Math.ceil(rows / ROWS_PER_WORD);
}

/** The extremes of a column in each word's rows; NaN where one of them is unknown. */
export interface ColumnSummary {
  readonly values: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  /** Bits of the rows whose values are finite. */
  readonly known: Int32Array;
  /** True when all that is not finite is NaN. */
  readonly isPlain: boolean;
}

/** Looks through a column once. */
export function summaryOf(values: Float64Array): ColumnSummary {
  const words = wordsOf(values.length);
  const least = new Float64Array(words), most = new Float64Array(words), known = new Int32Array(words);
  let isPlain = true;
  for (let word = 0, row = 0; word < words; word++) {
    const end = Math.min(row + ROWS_PER_WORD, values.length);
    let low = Infinity, high = -Infinity, sum = 0;
    for (let i = row; i < end; i++) {
      const value = values[i]!;
      sum += value * 0;
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
    if (sum === 0) {
      known[word] = end - row === ROWS_PER_WORD ? -1 : (1 << (end - row)) - 1;
      least[word] = low;
      most[word] = high;
    } else {
      let bits = 0;
      for (let i = row; i < end; i++) {
        if (values[i]! - values[i]! === 0) bits |= 1 << (i - row);
        else if (values[i] === values[i]) isPlain = false;
      }
      known[word] = bits;
      least[word] = most[word] = NaN;
    }
    row = end;
  }
  return { values, least, most, known, isPlain };
}

/** The bits of the rows in which the first of two columns is the larger, and in which it is the smaller. */
export interface Relation {
  readonly above: Int32Array;
  readonly below: Int32Array;
}

/** A relation whose words are still to be filled. */
export function newRelation(words: number): Relation {
  return { above: new Int32Array(words), below: new Int32Array(words) };
}

/** Fills the words `from` … `to` (not included) of a relation. */
export function fillRelation(
  { above, below }: Relation,
  a: ColumnSummary,
  b: ColumnSummary,
  from: number,
  to: number,
): void {
  const { values: left, least: leftLeast, most: leftMost } = a, { values: right, least, most } = b;
  const last = left.length / ROWS_PER_WORD - 1;
  for (let word = from; word < to; word++) {
    if (word <= last) {
      if (leftLeast[word]! > most[word]!) {
        above[word] = -1;
        below[word] = 0;
        continue;
      }
      if (leftMost[word]! < least[word]!) {
        above[word] = 0;
        below[word] = -1;
        continue;
      }
    }
    const row = word * ROWS_PER_WORD, rows = Math.min(ROWS_PER_WORD, left.length - row);
    let over = 0, under = 0;
    // Without branches: in these rows either may come next.
    for (let bit = 0; bit < rows; bit++) {
      const x = left[row + bit]!, y = right[row + bit]!;
      over |= +(x > y) << bit;
      under |= +(x < y) << bit;
    }
    above[word] = over;
    below[word] = under;
  }
}
