import { InputError } from "../errors/mod.ts";

/**
 * Where a stop or a target lies: a share of the average entry price or a distance in quote units away from it, or at an
 * absolute price. A trailing stop counts from the best price since the entry instead, and moves when a candle closes.
 */
export type Protection =
  | { readonly kind: "fraction"; readonly fraction: number }
  | { readonly kind: "distance"; readonly distanceQuote: number }
  | { readonly kind: "price"; readonly price: number }
  | { readonly kind: "trailing-fraction"; readonly fraction: number }
  | { readonly kind: "trailing-distance"; readonly distanceQuote: number };

/**
 * A distance in percent of the average entry price: `percent(5)` is 0.05 of it.
 *
 * @throws {InputError} `percent` when it is not above 0.
 */
export function percent(value: number): Protection {
  return { kind: "fraction", fraction: checkedPercent(value) / 100 };
}

/**
 * A stop that follows the best price since the entry at this many percent of it.
 *
 * @throws {InputError} `percent` when it is not above 0.
 */
export function trailingPercent(value: number): Protection {
  return { kind: "trailing-fraction", fraction: checkedPercent(value) / 100 };
}

/** A stop that follows the best price since the entry at a distance in quote units. */
export function trailingDistance(quoteUnits: number): Protection {
  return { kind: "trailing-distance", distanceQuote: quoteUnits };
}

function checkedPercent(value: number): number {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InputError("percent", `a stop or target at ${value} percent makes no sense: use a number above 0`);
}

/** A distance in quote units from the average entry price, for instance a multiple of the average true range. */
export function distance(quoteUnits: number): Protection {
  return { kind: "distance", distanceQuote: quoteUnits };
}

/** A fixed price. */
export function atPrice(price: number): Protection {
  return { kind: "price", price };
}

/** True for a stop that follows the market. */
export function isTrailing(protection: Protection | null): boolean {
  return protection?.kind === "trailing-fraction" || protection?.kind === "trailing-distance";
}

/** True when both lie at the same place, or neither is there. */
export function sameProtection(a: Protection | null, b: Protection | null): boolean {
  return a === b || (a !== null && b !== null && a.kind === b.kind && sizeOf(a) === sizeOf(b));
}

function sizeOf(protection: Protection): number {
  if (protection.kind === "price") return protection.price;
  return "fraction" in protection ? protection.fraction : protection.distanceQuote;
}

/**
 * The price at which a protection lies.
 *
 * @param from Average entry price, or for a trailing stop the best price since the entry, quote units.
 * @param direction 1 when the protection lies above (target of a long, stop of a short), else −1.
 */
export function protectionPrice(protection: Protection, from: number, direction: 1 | -1): number {
  switch (protection.kind) {
    case "fraction":
    case "trailing-fraction":
      return from * (1 + direction * protection.fraction);
    case "distance":
    case "trailing-distance":
      return from + direction * protection.distanceQuote;
    case "price":
      return protection.price;
  }
}
