// exp, log and pow from + − × ÷ and bits alone: hosts differ in the last bit of Math.exp, Math.log and Math.pow, and a
// run's figures must be the same bytes everywhere. The logarithm carries about 20 more bits than a number holds, so that
// pow stays accurate when a large exponent magnifies its error. The test compares all three with Math's.

/** ln 2 in two parts; the first has 32 bits, so that its product with any exponent is exact. */
const LN2_HIGH = 0.6931471803691238, LN2_LOW = 1.9082149292705877e-10;
/** The part of 1 ÷ 3 that does not fit into a number. */
const THIRD_LOW = 1.850371707708594e-17;
/** 1 ÷ n! from 14 down to 2: enough of the series for |r| ≤ ln 2 ÷ 2. */
const EXP_SERIES = Array.from({ length: 13 }, (_, i) => 1 / factorial(14 - i));
/** 1 ÷ (2k + 1) from 25 down to 5: enough of the series for s ≤ (√2 − 1) ÷ (√2 + 1). */
const LOG_SERIES = Array.from({ length: 11 }, (_, i) => 1 / (25 - 2 * i));

/** eˣ. */
export function exp(x: number): number {
  return expOfSum(x, 0);
}

/** Natural logarithm; NaN below zero, −∞ of zero. */
export function log(x: number): number {
  if (!(x > 0) || x === Infinity) return x === 0 ? -Infinity : x > 0 ? x : NaN;
  const [high, low] = logInTwoParts(x);
  return high + low;
}

/** xʸ, with the special cases of `Math.pow`. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (y === 1) return x;
  if (x !== x || y !== y) return NaN;
  const size = Math.abs(x);
  if (y === Infinity || y === -Infinity) {
    return size === 1 ? NaN : (size > 1) === (y > 0) ? Infinity : 0;
  }
  const whole = Math.floor(y) === y;
  if (x < 0 && !whole && x !== -Infinity) return NaN;
  const negative = (x < 0 || Object.is(x, -0)) && whole && Math.abs(y % 2) === 1;
  return negative ? -powOfSize(size, y) : powOfSize(size, y);
}

function powOfSize(x: number, y: number): number {
  if (x === 1) return 1;
  if (x === 0 || x === Infinity) return (x === 0) === (y < 0) ? Infinity : 0;
  const [high, low] = logInTwoParts(x);
  const estimate = y * high;
  if (estimate > 710) return Infinity;
  if (estimate < -746) return 0;
  const [product, error] = exactProduct(y, high);
  return expOfSum(product, error + y * low);
}

/** e^(x + low) for a `low` far smaller than `x`: x = k ln 2 + r, and e^r by its series. */
function expOfSum(x: number, low: number): number {
  if (x !== x) return NaN;
  if (x > 710) return Infinity;
  if (x < -746) return 0;
  const k = Math.round(x / LN2_HIGH);
  const high = x - k * LN2_HIGH, tail = low - k * LN2_LOW;
  const r = high + tail, rest = high - r + tail;
  let series = 0;
  for (const coefficient of EXP_SERIES) series = series * r + coefficient;
  const value = 1 + (r + (r * r * series + rest));
  // In two steps, because 2^k alone may be too large or too small for a number.
  const half = k >> 1;
  return value * powerOfTwo(half) * powerOfTwo(k - half);
}

/**
 * ln x for a finite x above zero as a sum of two numbers: x = 2^e m with m near 1, s = (m − 1) ÷ (m + 1), and
 * ln m = 2 s (1 + s² ÷ 3 + s⁴ ÷ 5 + …).
 */
function logInTwoParts(x: number): [high: number, low: number] {
  const [m, e] = split(x);
  const f = m - 1, d = m + 1, dLow = m - (d - 1);
  const s = f / d;
  const [sd, sdError] = exactProduct(s, d);
  const sLow = (f - sd - sdError - s * dLow) / d;
  const [z, zError] = exactProduct(s, s);
  const zLow = zError + 2 * s * sLow;
  let series = 0;
  for (const coefficient of LOG_SERIES) series = series * z + coefficient;
  const [third, thirdError] = exactProduct(z, 1 / 3);
  const [u, uError] = exactSum(third, z * z * series);
  const uLow = uError + thirdError + z * THIRD_LOW + zLow / 3;
  const [w, wError] = exactProduct(s, u);
  const wLow = wError + s * uLow + sLow * u;
  const [a, aError] = exactSum(2 * s, 2 * w);
  const [b, bError] = exactSum(e * LN2_HIGH, a);
  return exactSum(b, bError + (aError + (2 * (sLow + wLow) + e * LN2_LOW)));
}

const bits = new DataView(new ArrayBuffer(8));

/** 2^k for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** m and e with x = m × 2^e and √½ ≤ m < √2, for a finite x above zero. */
function split(x: number): [m: number, e: number] {
  const normal = x >= 2.2250738585072014e-308;
  bits.setFloat64(0, normal ? x : x * 2 ** 54);
  const head = bits.getUint32(0);
  const e = (head >>> 20) - 1023 - (normal ? 0 : 54);
  bits.setUint32(0, (head & 0xfffff) | (1023 << 20));
  const m = bits.getFloat64(0);
  return m >= Math.SQRT2 ? [m / 2, e + 1] : [m, e];
}

/** a + b as rounded, and what rounding lost. */
function exactSum(a: number, b: number): [sum: number, error: number] {
  const sum = a + b, part = sum - a;
  return [sum, a - (sum - part) + (b - part)];
}

/** a × b as rounded, and what rounding lost: both are cut into halves of 26 bits, whose products are exact. */
function exactProduct(a: number, b: number): [product: number, error: number] {
  const product = a * b;
  const aCut = a * 134217729, bCut = b * 134217729;
  const aHigh = aCut - (aCut - a), bHigh = bCut - (bCut - b);
  const aLow = a - aHigh, bLow = b - bHigh;
  return [product, aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow];
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
