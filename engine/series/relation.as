// AssemblyScript: 32 rows of two columns become a word of bits. Its plain twin is relation.ts; `deno task kernels` compiles it.

/** The masks of four rows. */
// @ts-ignore: decorator
@inline
function larger(a0: v128, b0: v128, a1: v128, b1: v128): v128 {
  return v128.shuffle<i32>(f64x2.gt(a0, b0), f64x2.gt(a1, b1), 0, 2, 4, 6);
}

/** Narrows the masks of 16 comparisons to 16 bits. */
// @ts-ignore: decorator
@inline
function bits16(m0: v128, m1: v128, m2: v128, m3: v128): i32 {
  return i8x16.bitmask(narrowed(m0, m1, m2, m3));
}

/** Words that are filled for all pairs before the next ones: their rows of some dozens of columns stay in the nearest cache. */
const BLOCK_WORDS: i32 = 4;

/** Two columns, where the bits of the rows go in which the first is the larger, and where those of the second go, or 0. */
@unmanaged
class Pair {
  a: usize;
  b: usize;
  bits: usize;
  others: usize;
}

/**
 * Fills `words` words for so many pairs, whose columns begin with the word `first` of theirs. Pairs that follow each other with
 * the same first column take its rows from registers.
 */
export function findLarger(pairs: usize, count: i32, first: i32, words: i32): void {
  const end = pairs + (<usize>count) * offsetof<Pair>();
  for (let from = 0; from < words; from += BLOCK_WORDS) {
    const filled = min(BLOCK_WORDS, words - from);
    for (let at = pairs; at < end;) {
      let next = at;
      // Halves of words.
      for (let half = from << 1; half < (from + filled) << 1; half++) {
        next = findHalf(at, end, ((<usize>first) << 8) + ((<usize>half) << 7), (<usize>half) << 1);
      }
      at = next;
    }
  }
}

/** Fills 16 bits of all pairs from `at` on that have the same first column; gives the first pair that has not. */
// @ts-ignore: decorator
@inline
function findHalf(at: usize, end: usize, rowByte: usize, byte: usize): usize {
  const column = changetype<Pair>(at).a, a = column + rowByte;
  const a0 = v128.load(a, 0), a1 = v128.load(a, 16), a2 = v128.load(a, 32), a3 = v128.load(a, 48);
  const a4 = v128.load(a, 64), a5 = v128.load(a, 80), a6 = v128.load(a, 96), a7 = v128.load(a, 112);
  do {
    const pair = changetype<Pair>(at), b = pair.b + rowByte, others = pair.others;
    // Offsets stand in the instructions: adding them would double the work.
    const b0 = v128.load(b, 0), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    const m0 = larger(a0, b0, a1, b1), m1 = larger(a2, b2, a3, b3);
    const b4 = v128.load(b, 64), b5 = v128.load(b, 80), b6 = v128.load(b, 96), b7 = v128.load(b, 112);
    store<i16>(pair.bits + byte, <i16>bits16(m0, m1, larger(a4, b4, a5, b5), larger(a6, b6, a7, b7)));
    if (others != 0) {
      const low0 = larger(b0, a0, b1, a1), low1 = larger(b2, a2, b3, a3);
      store<i16>(others + byte, <i16>bits16(low0, low1, larger(b4, a4, b5, a5), larger(b6, a6, b7, a7)));
    }
    at += offsetof<Pair>();
  } while (at < end && changetype<Pair>(at).a == column);
  return at;
}

/**
 * Fills so many words for so many pairs as findLarger does, from the first row of their columns on, by the float32 of the values, which
 * lie `singles` bytes beyond them: where one of those is larger, so is the value. Where two are equal the values are compared. All
 * values are finite.
 */
export function findLargerBySingles(pairs: usize, count: i32, words: i32, singles: usize): void {
  const end = pairs + (<usize>count) * offsetof<Pair>();
  for (let from = 0; from < words; from += BLOCK_WORDS) {
    const until = min(from + BLOCK_WORDS, words);
    for (let at = pairs; at < end;) {
      let next = at;
      for (let word = from; word < until; word++) next = findWord(at, end, word, singles);
      at = next;
    }
  }
}

/** Fills a word of all pairs from `at` on that have the same first column; gives the first pair that has not. */
// @ts-ignore: decorator
@inline
function findWord(at: usize, end: usize, word: i32, singles: usize): usize {
  const rowByte = singles + ((<usize>word) << 7), byte = (<usize>word) << 2;
  const column = changetype<Pair>(at).a, a = column + rowByte;
  const a0 = v128.load(a, 0), a1 = v128.load(a, 16), a2 = v128.load(a, 32), a3 = v128.load(a, 48);
  const a4 = v128.load(a, 64), a5 = v128.load(a, 80), a6 = v128.load(a, 96), a7 = v128.load(a, 112);
  do {
    const pair = changetype<Pair>(at), b = pair.b + rowByte, others = pair.others;
    // The narrowed differences have their signs, and are zero where they are: those of the first 16 rows, and of the others.
    const low = narrowed(
      f32x4.sub(v128.load(b, 0), a0),
      f32x4.sub(v128.load(b, 16), a1),
      f32x4.sub(v128.load(b, 32), a2),
      f32x4.sub(v128.load(b, 48), a3),
    );
    const high = narrowed(
      f32x4.sub(v128.load(b, 64), a4),
      f32x4.sub(v128.load(b, 80), a5),
      f32x4.sub(v128.load(b, 96), a6),
      f32x4.sub(v128.load(b, 112), a7),
    );
    if (i8x16.bitmask(i8x16.eq(i8x16.min_u(low, high), i8x16.splat(0))) == 0) {
      const bits = i8x16.bitmask(low) | (i8x16.bitmask(high) << 16);
      store<i32>(pair.bits + byte, bits);
      if (others != 0) store<i32>(others + byte, ~bits);
    } else findHalves(pair, word);
    at += offsetof<Pair>();
  } while (at < end && changetype<Pair>(at).a == column);
  return at;
}

function findHalves(pair: Pair, word: i32): void {
  const at = changetype<usize>(pair), end = at + offsetof<Pair>();
  for (let half = <usize>word << 1; half < (<usize>word + 1) << 1; half++) findHalf(at, end, half << 7, half << 1);
}

// @ts-ignore: decorator
@inline
function narrowed(x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(x0, x1), i16x8.narrow_i32x4_s(x2, x3));
}

/** Fills the float32 nearest to each value, which is within their range, for so many words of rows; 0 for −0. */
export function findSingles(values: usize, words: i32, singles: usize): void {
  for (const end = singles + ((<usize>words) << 7); singles < end; singles += 32, values += 64) {
    v128.store(singles, nearest(v128.load(values, 0), v128.load(values, 16)), 0);
    v128.store(singles, nearest(v128.load(values, 32), v128.load(values, 48)), 16);
  }
}

// @ts-ignore: decorator
@inline
function nearest(x0: v128, x1: v128): v128 {
  return f32x4.add(v128.shuffle<i32>(f32x4.demote_f64x2_zero(x0), f32x4.demote_f64x2_zero(x1), 0, 1, 4, 5), f32x4.splat(0));
}

/** What a step does, and what is added to it where the bits of a column begin with row 0: bit_steps.ts. */
const EITHER: i32 = 0, BOTH: i32 = 1, WITHOUT: i32 = 2, NEITHER: i32 = 3;
const LISTED: i32 = 8, OTHER_LISTED: i32 = 16;

/** Bits that are made of others, and of the known rows of two columns. */
@unmanaged
class Step {
  kind: i32;
  bits: usize;
  a: usize;
  b: usize;
  known: usize;
  other: usize;
}

/** Takes so many steps for `words` words, from the word `first` of the rows on. */
export function runSteps(steps: usize, count: i32, first: i32, words: i32): void {
  const end = steps + (<usize>count) * offsetof<Step>(), byte = (<usize>first) << 2;
  for (let at = steps; at < end; at += offsetof<Step>()) {
    const step = changetype<Step>(at), kind = step.kind, bits = step.bits, a = step.a, b = step.b;
    const known = step.known + (kind & LISTED ? byte : 0), other = step.other + (kind & OTHER_LISTED ? byte : 0);
    switch (kind & 7) {
      case EITHER:
        findEither(a, b, words, bits);
        break;
      case BOTH:
        findBoth(a, b, words, bits);
        break;
      case WITHOUT:
        findWithout(a, b, words, bits);
        break;
      case NEITHER:
        findNeither(known, other, a, b, words, bits);
        break;
      default:
        findCrossings(known, other, a, words, bits);
    }
  }
}

/** Fills `words` words with the rows that are in one of two. */
function findEither(a: usize, b: usize, words: i32, bits: usize): void {
  let at = 0;
  for (; at + 16 <= words << 2; at += 16) v128.store(bits + at, v128.or(v128.load(a + at), v128.load(b + at)));
  for (; at < words << 2; at += 4) store<i32>(bits + at, load<i32>(a + at) | load<i32>(b + at));
}

/** Fills `words` words with the rows that are in both. */
function findBoth(a: usize, b: usize, words: i32, bits: usize): void {
  let at = 0;
  for (; at + 16 <= words << 2; at += 16) v128.store(bits + at, v128.and(v128.load(a + at), v128.load(b + at)));
  for (; at < words << 2; at += 4) store<i32>(bits + at, load<i32>(a + at) & load<i32>(b + at));
}

/** Fills `words` words with the rows that are in the first and not in the second. */
function findWithout(a: usize, b: usize, words: i32, bits: usize): void {
  let at = 0;
  for (; at + 16 <= words << 2; at += 16) v128.store(bits + at, v128.andnot(v128.load(a + at), v128.load(b + at)));
  for (; at < words << 2; at += 4) store<i32>(bits + at, load<i32>(a + at) & ~load<i32>(b + at));
}

/** Fills `words` words with the rows that are known and in neither of two others. */
function findNeither(known: usize, other: usize, a: usize, b: usize, words: i32, bits: usize): void {
  let at = 0;
  for (; at + 16 <= words << 2; at += 16) {
    const rows = v128.and(v128.load(known + at), v128.load(other + at));
    v128.store(bits + at, v128.andnot(rows, v128.or(v128.load(a + at), v128.load(b + at))));
  }
  for (; at < words << 2; at += 4) {
    store<i32>(bits + at, load<i32>(known + at) & load<i32>(other + at) & ~(load<i32>(a + at) | load<i32>(b + at)));
  }
}

/** Fills `words` words with the rows that are larger, whose row before is known and was not. */
function findCrossings(known: usize, other: usize, larger: usize, words: i32, bits: usize): void {
  let carried: u64 = 0, at = 0;
  for (; at + 8 <= words << 2; at += 8) {
    const own = load<u64>(larger + at), before = load<u64>(known + at) & load<u64>(other + at) & ~own;
    store<u64>(bits + at, own & (before << 1 | carried));
    carried = before >>> 63;
  }
  for (; at < words << 2; at += 4) {
    const own = load<u32>(larger + at), before = load<u32>(known + at) & load<u32>(other + at) & ~own;
    store<u32>(bits + at, own & (before << 1 | <u32>carried));
    carried = before >>> 31;
  }
}

/** The masks of four rows whose values are finite; others than those and NaN are added to `odd`. */
// @ts-ignore: decorator
@inline
function finite(a: usize): v128 {
  let x0 = v128.load(a), x1 = v128.load(a, 16), zero = f64x2.splat(0);
  let m0 = f64x2.eq(f64x2.sub(x0, x0), zero), m1 = f64x2.eq(f64x2.sub(x1, x1), zero);
  odd = v128.or(odd, v128.or(v128.andnot(f64x2.eq(x0, x0), m0), v128.andnot(f64x2.eq(x1, x1), m1)));
  return v128.shuffle<i32>(m0, m1, 0, 2, 4, 6);
}

let odd = i64x2.splat(0);

// @ts-ignore: decorator
@inline
function finite16(a: usize): i32 {
  let m0 = finite(a), m1 = finite(a + 32), m2 = finite(a + 64), m3 = finite(a + 96);
  return i8x16.bitmask(narrowed(m0, m1, m2, m3));
}

/** Fills the bits of the rows whose values are finite; true when a value is neither that nor NaN. */
export function findKnown(a: usize, words: i32, known: usize): bool {
  odd = i64x2.splat(0);
  for (let word = 0; word < words; word++) {
    store<i32>(known, finite16(a) | (finite16(a + 128) << 16));
    a += 256;
    known += 4;
  }
  return v128.any_true(odd);
}
