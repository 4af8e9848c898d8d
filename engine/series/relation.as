// AssemblyScript: 32 rows of two columns become a word of bits. Its plain twin is relation.ts; `deno task kernels` compiles it.

/** Narrows the masks of 16 comparisons to 16 bits. Offsets stand in the instructions: adding them would double the work. */
// @ts-ignore: decorator
@inline
function bits16(a: usize, b: usize): i32 {
  const m0 = larger(v128.load(a, 0), v128.load(b, 0), v128.load(a, 16), v128.load(b, 16));
  const m1 = larger(v128.load(a, 32), v128.load(b, 32), v128.load(a, 48), v128.load(b, 48));
  const m2 = larger(v128.load(a, 64), v128.load(b, 64), v128.load(a, 80), v128.load(b, 80));
  const m3 = larger(v128.load(a, 96), v128.load(b, 96), v128.load(a, 112), v128.load(b, 112));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(m0, m1), i16x8.narrow_i32x4_s(m2, m3)));
}

/** The masks of four rows. */
// @ts-ignore: decorator
@inline
function larger(a0: v128, b0: v128, a1: v128, b1: v128): v128 {
  return v128.shuffle<i32>(f64x2.gt(a0, b0), f64x2.gt(a1, b1), 0, 2, 4, 6);
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

/** Fills `words` words for so many pairs, whose columns begin with the word `first` of theirs. */
export function findLarger(pairs: usize, count: i32, first: i32, words: i32): void {
  const end = pairs + (<usize>count) * offsetof<Pair>();
  for (let from = 0; from < words; from += BLOCK_WORDS) {
    const filled = min(BLOCK_WORDS, words - from), rowByte = (<usize>(first + from)) << 8;
    for (let at = pairs; at < end; at += offsetof<Pair>()) {
      const pair = changetype<Pair>(at), bits = pair.bits + ((<usize>from) << 2);
      if (pair.others == 0) findOne(pair.a + rowByte, pair.b + rowByte, filled, bits);
      else findEach(pair.a + rowByte, pair.b + rowByte, filled, bits, pair.others + ((<usize>from) << 2));
    }
  }
}

// @ts-ignore: decorator
@inline
function findOne(a: usize, b: usize, words: i32, bits: usize): void {
  for (let word = 0; word < words; word++) {
    store<i32>(bits, bits16(a, b) | (bits16(a + 128, b + 128) << 16));
    a += 256;
    b += 256;
    bits += 4;
  }
}

// @ts-ignore: decorator
@inline
function findEach(a: usize, b: usize, words: i32, bits: usize, others: usize): void {
  for (let word = 0; word < words; word++) {
    store<i32>(bits, bits16(a, b) | (bits16(a + 128, b + 128) << 16));
    store<i32>(others, bits16(b, a) | (bits16(b + 128, a + 128) << 16));
    a += 256;
    b += 256;
    bits += 4;
    others += 4;
  }
}

/** Fills `words` words with the rows that are in one of two. */
export function findEither(a: usize, b: usize, words: i32, bits: usize): void {
  let at = 0;
  for (; at + 16 <= words << 2; at += 16) v128.store(bits + at, v128.or(v128.load(a + at), v128.load(b + at)));
  for (; at < words << 2; at += 4) store<i32>(bits + at, load<i32>(a + at) | load<i32>(b + at));
}

/** Fills `words` words with the rows that are in both. */
export function findBoth(a: usize, b: usize, words: i32, bits: usize): void {
  let at = 0;
  for (; at + 16 <= words << 2; at += 16) v128.store(bits + at, v128.and(v128.load(a + at), v128.load(b + at)));
  for (; at < words << 2; at += 4) store<i32>(bits + at, load<i32>(a + at) & load<i32>(b + at));
}

/** Fills `words` words with the rows that are in the first and not in the second. */
export function findWithout(a: usize, b: usize, words: i32, bits: usize): void {
  let at = 0;
  for (; at + 16 <= words << 2; at += 16) v128.store(bits + at, v128.andnot(v128.load(a + at), v128.load(b + at)));
  for (; at < words << 2; at += 4) store<i32>(bits + at, load<i32>(a + at) & ~load<i32>(b + at));
}

/** Fills `words` words with the rows that are known and in neither of two others. */
export function findNeither(known: usize, other: usize, a: usize, b: usize, words: i32, bits: usize): void {
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
export function findCrossings(known: usize, other: usize, larger: usize, words: i32, bits: usize): void {
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
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(m0, m1), i16x8.narrow_i32x4_s(m2, m3)));
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
