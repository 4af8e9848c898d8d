// Integers of 64 bits as bigints and as doubles. `Number(bigint)` and `BigInt(number)` leave compiled code and cost
// several times as much as this way through memory, in which the same bits are one integer and two words.
const BITS = new DataView(new ArrayBuffer(8));
const WORD = 2 ** 32;

/** What {@linkcode splitInt64} found: two doubles whose sum is the integer. */
export const PARTS = new Float64Array(2);

/** Splits an integer into {@linkcode PARTS}, exactly: the multiple of 2^32 below it, and the rest. False beyond 64 bits. */
export function splitInt64(value: bigint): boolean {
  BITS.setBigInt64(0, value);
  if (BITS.getBigInt64(0) !== value) return false;
  PARTS[0] = BITS.getInt32(0) * WORD;
  PARTS[1] = BITS.getUint32(4);
  return true;
}

/** A whole double from 0 to below 2^63 as an integer. */
export function int64FromNumber(whole: number): bigint {
  const high = Math.floor(whole / WORD);
  BITS.setUint32(0, high);
  BITS.setUint32(4, whole - high * WORD);
  return BITS.getBigInt64(0);
}
