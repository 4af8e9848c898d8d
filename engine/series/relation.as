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

/** Stores the least and the largest of so many known values, at least one. */
export function findExtremes(at: usize, rows: i32, out: usize): void {
  let least = v128.load64_splat(at), most = least, least1 = least, most1 = least;
  for (; rows >= 4; rows -= 4, at += 32) {
    let x = v128.load(at), y = v128.load(at, 16);
    least = f64x2.pmin(least, x);
    most = f64x2.pmax(most, x);
    least1 = f64x2.pmin(least1, y);
    most1 = f64x2.pmax(most1, y);
  }
  for (; rows > 0; rows--, at += 8) {
    let x = v128.load64_splat(at);
    least = f64x2.pmin(least, x);
    most = f64x2.pmax(most, x);
  }
  least = f64x2.pmin(least, least1);
  most = f64x2.pmax(most, most1);
  least = f64x2.pmin(least, v128.shuffle<f64>(least, least, 1, 0));
  most = f64x2.pmax(most, v128.shuffle<f64>(most, most, 1, 0));
  v128.store64_lane(out, least, 0);
  v128.store64_lane(out, most, 0, 8);
}
