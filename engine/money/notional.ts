import { AMOUNT_DECIMALS, decimalToNumber, parseDecimal } from "./decimal.ts";
import type { Price } from "./price.ts";
import type { Quantity } from "./quantity.ts";

declare const notionalBrand: unique symbol;

/** An amount of money in the quote asset, exact, as a count of 10^-24: price × quantity needs no rounding. */
export type Notional = bigint & { readonly [notionalBrand]: "Notional" };

/** No money. */
export const ZERO_NOTIONAL = 0n as Notional;

/** Reads an amount of money such as `"10000"`. */
export function notional(text: string): Notional {
  return parseDecimal(text, AMOUNT_DECIMALS) as Notional;
}

/** Price times quantity, exact; negative for a negative quantity. */
export function notionalOf(price: Price, quantity: Quantity): Notional {
  return (price * quantity) as bigint as Notional;
}

/** Sum of two amounts. */
export function addNotional(a: Notional, b: Notional): Notional {
  return (a + b) as Notional;
}

/** First amount less the second. */
export function subtractNotional(a: Notional, b: Notional): Notional {
  return (a - b) as Notional;
}

/** The nearest float64, for statistics and charts. */
export function notionalToNumber(value: Notional): number {
  return decimalToNumber(value, AMOUNT_DECIMALS);
}
