import { InputError } from "../errors/mod.ts";
import { PARTS, splitInt64 } from "./int64.ts";

/** Digits after the point that a {@linkcode Price} and a {@linkcode Quantity} hold. */
export const UNIT_DECIMALS = 12;
/** Digits after the point of a {@linkcode Notional} and a {@linkcode Fee}: price times quantity is exact in it. */
export const AMOUNT_DECIMALS = 24;

/** 10 to the power of a whole number, as an exact integer. */
export function powerOfTen(exponent: number): bigint {
  let power = POWERS[exponent];
  if (power === undefined) power = POWERS[exponent] = 10n ** BigInt(exponent);
  return power;
}
const POWERS: bigint[] = [];

/** Counts of an amount or fee in one count of a price or quantity. */
export const AMOUNTS_PER_UNIT = powerOfTen(AMOUNT_DECIMALS - UNIT_DECIMALS);

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads a decimal text as an integer count of 10^-`decimals`, exactly.
 *
 * @throws {InputError} `decimal` when the text is no number or has more digits than can be held.
 */
export function parseDecimal(text: string, decimals: number): bigint {
  const match = DECIMAL.exec(text);
  if (!match) throw new InputError("decimal", `"${text}" is not a decimal number: write it like 123.45`);
  const [, sign, whole, fraction = "", exponent = "0"] = match as unknown as [string, string, string, string?, string?];
  const shift = decimals - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  const scale = powerOfTen(Math.abs(shift));
  if (shift < 0 && digits % scale !== 0n) {
    throw new InputError("decimal", `"${text}" has more than ${decimals} digits after the point: round it first`);
  }
  const value = shift < 0 ? digits / scale : digits * scale;
  return sign === "-" ? -value : value;
}

/** Writes a count of 10^-`decimals` as plain decimal text without trailing zeros: `123.45`, `-0.001`, `7`. */
export function formatDecimal(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${whole}${fraction ? `.${fraction}` : ""}`;
}

// Read from text, which rounds correctly everywhere; `10 ** n` is left to the host.
const POWERS_OF_TEN = Float64Array.from({ length: 25 }, (_, n) => Number(`1e${n}`));

/** What the double nearest to a power of ten leaves of it: nothing up to 10^22. */
const REST_OF_POWER = Float64Array.from(POWERS_OF_TEN, (power, n) => Number(powerOfTen(n) - BigInt(power)));
/** Splits a double into two of half its digits (T. J. Dekker, Numerische Mathematik 18, 1971). */
const SPLITTER = 2 ** 27 + 1;
/** More than what a correction may be wrong by, relative to what it corrects, and far less than an ulp of that. */
const CORRECTION_ERROR = 2 ** -100;

/** The float64 nearest to a count of 10^-`decimals` (at most 24). */
export function decimalToNumber(value: bigint, decimals: number): number {
  let nearest: number, left: number;
  if (splitInt64(value)) {
    const high = PARTS[0]!, low = PARTS[1]!;
    nearest = high + low;
    left = low - (nearest - high);
  } else {
    nearest = Number(value);
    left = Number(value - BigInt(nearest));
  }
  const power = POWERS_OF_TEN[decimals]!;
  // One division of exact numbers is correctly rounded (10^22 is the last power of ten that a double holds).
  if (left === 0 && decimals <= 22) return nearest / power;
  // Else the quotient of the rounded numbers, corrected by what its product with the power leaves of the exact value.
  const quotient = nearest / power;
  const rest = nearest - quotient * power - productError(quotient, power);
  const exactRest = rest + (left - quotient * REST_OF_POWER[decimals]!);
  const missing = exactRest / power, error = quotient * CORRECTION_ERROR;
  const low = quotient + (missing - error), high = quotient + (missing + error);
  // Close to a tie, the rounding of the correction itself could decide it.
  return low === high ? low : Number(formatDecimal(value, decimals));
}

/** What the rounding of a product of two doubles has taken away, less it: the product plus this is exact. */
function productError(a: number, b: number): number {
  const wideA = SPLITTER * a, highA = wideA - (wideA - a), lowA = a - highA;
  const wideB = SPLITTER * b, highB = wideB - (wideB - b), lowB = b - highB;
  return lowA * lowB - (a * b - highA * highB - lowA * highB - highA * lowB);
}
