import { InputError } from "../errors/mod.ts";

/**
 * How far from the average entry price a stop or a target lies: a share of that price, a distance in quote units, or
 * an absolute price.
 */
export type Protection =
  | { readonly kind: "fraction"; readonly fraction: number }
  | { readonly kind: "distance"; readonly distanceQuote: number }
  | { readonly kind: "price"; readonly price: number };

/**
 * A distance in percent of the average entry price: `percent(5)` is 0.05 of it.
 *
 * @throws {InputError} `percent` when it is not above 0.
 */
export function percent(value: number): Protection {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new InputError("percent", `a stop or target at ${value} percent makes no sense: use a number above 0`);
  }
  return { kind: "fraction", fraction: value / 100 };
}

/** A distance in quote units from the average entry price, for instance a multiple of the average true range. */
export function distance(quoteUnits: number): Protection {
  return { kind: "distance", distanceQuote: quoteUnits };
}

/** A fixed price. */
export function atPrice(price: number): Protection {
  return { kind: "price", price };
}

/**
 * The price at which a protection lies.
 *
 * @param entryPrice Average entry price, quote units.
 * @param direction 1 when the protection lies above the entry (target of a long, stop of a short), else −1.
 */
export function protectionPrice(protection: Protection, entryPrice: number, direction: 1 | -1): number {
  switch (protection.kind) {
    case "fraction":
      return entryPrice * (1 + direction * protection.fraction);
    case "distance":
      return entryPrice + direction * protection.distanceQuote;
    case "price":
      return protection.price;
  }
}
