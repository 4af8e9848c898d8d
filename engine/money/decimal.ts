import { InputError } from "../errors/mod.ts";

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

/** Half the distance of neighbouring doubles in [2^k, 2^(k+1)), by k. */
const HALF_ULP = Array.from({ length: 31 }, (_, k) => 2 ** (k - 53));
/** More than the rounding of the fraction below, and far less than half an ulp of what gets there. */
const TIE_MARGIN = 2 ** -49;

/** The float64 nearest to a count of 10^-`decimals` (at most 24). */
export function decimalToNumber(value: bigint, decimals: number): number {
  if (value === 0n) return 0;
  const magnitude = value < 0n ? -value : value;
  // One division of exact numbers is correctly rounded (10^22 is the last power of ten that a double holds).
  if (magnitude <= 9007199254740992n && decimals <= 22) return Number(value) / POWERS_OF_TEN[decimals]!;
  const power = powerOfTen(decimals);
  const whole = Number(magnitude / power);
  if (whole >= 1 && whole < 2 ** 31) {
    const fraction = Number(magnitude - BigInt(whole) * power) / POWERS_OF_TEN[decimals]!;
    const sum = whole + fraction;
    // What the addition rounded away. Close to a tie, the rounding of the fraction itself could have decided it.
    const lost = Math.abs(fraction - (sum - whole));
    const half = HALF_ULP[31 - Math.clz32(whole)]!;
    if (half > 4 * TIE_MARGIN && half - lost > TIE_MARGIN) return value < 0n ? -sum : sum;
  }
  return Number(formatDecimal(value, decimals));
}
