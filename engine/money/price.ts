import { decimalToNumber, formatDecimal, parseDecimal, UNIT_DECIMALS } from "./decimal.ts";

declare const priceBrand: unique symbol;

/** Quote units for one base unit, exact, as a count of 10^-12. */
export type Price = bigint & { readonly [priceBrand]: "Price" };

/** Reads a price such as `"65000.01"`. */
export function price(text: string): Price {
  return parseDecimal(text, UNIT_DECIMALS) as Price;
}

/** Plain decimal text of a price. */
export function formatPrice(value: Price): string {
  return formatDecimal(value, UNIT_DECIMALS);
}

/** The nearest float64, for statistics and charts; it never goes back into an order. */
export function priceToNumber(value: Price): number {
  return decimalToNumber(value, UNIT_DECIMALS);
}
