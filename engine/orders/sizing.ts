/**
 * How much an entry buys or sells.
 *
 * - `equity-fraction`: this share of the equity (1 is all of it; more needs leverage).
 * - `fixed-notional`: this amount in quote units.
 * - `risk-per-trade`: so much that the stop, where it fills at its price, loses this share of the equity.
 * - `units`: this many base units.
 */
export type Sizing =
  | { readonly kind: "equity-fraction"; readonly fraction: number }
  | { readonly kind: "fixed-notional"; readonly notionalQuote: number }
  | { readonly kind: "risk-per-trade"; readonly fraction: number }
  | { readonly kind: "units"; readonly units: number };
