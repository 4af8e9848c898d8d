import type { ColumnTerms } from "./column_terms.ts";

/** Base units of an entry before any rounding: `positionSize` of the risk rules for one plain market. */
export function columnSize(
  { sizing, reserveFraction }: ColumnTerms,
  equity: number,
  price: number,
  stopPrice: number,
): number {
  switch (sizing.kind) {
    case "equity-fraction":
      return equity * sizing.fraction / (price * (1 + reserveFraction));
    case "fixed-notional":
      return sizing.notionalQuote / price;
    case "risk-per-trade":
      return (equity * sizing.fraction) / Math.abs(stopPrice - price);
    case "units":
      return sizing.units;
  }
}
