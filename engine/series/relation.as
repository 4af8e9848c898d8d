// AssemblyScript: 32 rows of two columns become a word of bits. Its plain twin is relation.ts; `deno task kernels` compiles it.

/** Narrows the masks of 16 comparisons of two doubles each to 16 bits. */
// @ts-ignore: decorator
@inline
function bits16(at: usize, b: usize, less: bool): i32 {
  let m0 = pair(at, b, less), m1 = pair(at + 32, b + 32, less);
  let m2 = pair(at + 64, b + 64, less), m3 = pair(at + 96, b + 96, less);
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(m0, m1), i16x8.narrow_i32x4_s(m2, m3)));
}

/** The masks of four rows. */
// @ts-ignore: decorator
@inline
function pair(a: usize, b: usize, less: bool): v128 {
  let x0 = v128.load(a), y0 = v128.load(b), x1 = v128.load(a, 16), y1 = v128.load(b, 16);
  let m0 = less ? f64x2.lt(x0, y0) : f64x2.gt(x0, y0), m1 = less ? f64x2.lt(x1, y1) : f64x2.gt(x1, y1);
  return v128.shuffle<i32>(m0, m1, 0, 2, 4, 6);
}

/** Fills `words` words of bits: rows in which the first column is the larger, and in which it is the smaller. */
export function relate(a: usize, b: usize, words: i32, above: usize, below: usize): void {
  for (let word = 0; word < words; word++) {
    store<i32>(above, bits16(a, b, false) | (bits16(a + 128, b + 128, false) << 16));
    store<i32>(below, bits16(a, b, true) | (bits16(a + 128, b + 128, true) << 16));
    a += 256;
    b += 256;
    above += 4;
    below += 4;
  }
}

/** Fills the bits of the rows whose values are finite; true when a value is neither that nor NaN. */
export function findKnown(a: usize, words: i32, known: usize): bool {
  let odd = i64x2.splat(0);
  for (let word = 0; word < words; word++) {
    let bits = 0;
    for (let k = 0; k < 32; k += 2) {
      let x = v128.load(a);
      let finite = f64x2.eq(f64x2.sub(x, x), f64x2.splat(0));
      odd = v128.or(odd, v128.andnot(f64x2.eq(x, x), finite));
      bits |= i64x2.bitmask(finite) << k;
      a += 16;
    }
    store<i32>(known, bits);
    known += 4;
  }
  return v128.any_true(odd);
}
