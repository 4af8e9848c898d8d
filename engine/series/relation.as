// AssemblyScript: 32 rows of two columns become a word of bits. Its plain twin is relation.ts; `deno task kernels` compiles it.

/** Narrows the masks of 16 comparisons to 16 bits. */
// @ts-ignore: decorator
@inline
function bits16(a: usize, b: usize): i32 {
  let m0 = larger(a, b), m1 = larger(a + 32, b + 32), m2 = larger(a + 64, b + 64), m3 = larger(a + 96, b + 96);
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(m0, m1), i16x8.narrow_i32x4_s(m2, m3)));
}

/** The masks of four rows. */
// @ts-ignore: decorator
@inline
function larger(a: usize, b: usize): v128 {
  let m0 = f64x2.gt(v128.load(a), v128.load(b)), m1 = f64x2.gt(v128.load(a, 16), v128.load(b, 16));
  return v128.shuffle<i32>(m0, m1, 0, 2, 4, 6);
}

/** Fills `words` words of bits of the rows in which the first column is the larger. */
export function findLarger(a: usize, b: usize, words: i32, bits: usize): void {
  for (let word = 0; word < words; word++) {
    store<i32>(bits, bits16(a, b) | (bits16(a + 128, b + 128) << 16));
    a += 256;
    b += 256;
    bits += 4;
  }
}

/** The same, and the rows in which the second column is the larger: what is read is read once. */
export function findBoth(a: usize, b: usize, words: i32, bits: usize, others: usize): void {
  for (let word = 0; word < words; word++) {
    store<i32>(bits, bits16(a, b) | (bits16(a + 128, b + 128) << 16));
    store<i32>(others, bits16(b, a) | (bits16(b + 128, a + 128) << 16));
    a += 256;
    b += 256;
    bits += 4;
    others += 4;
  }
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
