import { decimalToNumber, parseDecimal, UNIT_DECIMALS } from "./decimal.ts";

declare const quantityBrand: unique symbol;

/** An amount of the base asset (or a number of contracts), exact, as a count of 10^-12; negative means short or sold. */
export type Quantity = bigint & { readonly [quantityBrand]: "Quantity" };

/** Nothing. */
export const ZERO_QUANTITY = 0n as Quantity;

/** Reads a quantity such as `"0.015"`. */
export function quantity(text: string): Quantity {
  return parseDecimal(text, UNIT_DECIMALS) as Quantity;
}

/** The nearest float64, for statistics and charts. */
export function quantityToNumber(value: Quantity): number {
  return decimalToNumber(value, UNIT_DECIMALS);
}

/** Sum of two quantities. */
export function addQuantity(a: Quantity, b: Quantity): Quantity {
  return (a + b) as Quantity;
}

/** Size without its sign. */
export function absoluteQuantity(value: Quantity): Quantity {
  return (value < 0n ? -value : value) as Quantity;
}
