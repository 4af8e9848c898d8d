import type { PlainSizing } from "../orders/mod.ts";

/** This share of what a sizing says. */
export function partOfSizing(sizing: PlainSizing, share: number): PlainSizing {
  switch (sizing.kind) {
    case "units":
      return { ...sizing, units: sizing.units * share };
    case "fixed-notional":
      return { ...sizing, notionalQuote: sizing.notionalQuote * share };
    default:
      return { ...sizing, fraction: sizing.fraction * share };
  }
}
