import { type Instrument, profitNumber, quantityOfQuote, quantityWorth } from "../market/mod.ts";
import { type Quantity, quantityFromNumber, ZERO_QUANTITY } from "../money/mod.ts";
import type { PlainSizing } from "../orders/mod.ts";

/** What a size is computed from, all at the close of the decision. */
export interface SizeInputs {
  readonly instrument: Instrument;
  /** Equity of the account, quote units. */
  readonly equity: number;
  /** Last close, quote units. */
  readonly price: number;
  /** Price of the stop that the entry will have; NaN without one. */
  readonly stopPrice: number;
  /** Share of the price set aside for fee and slippage: 0.0012 for 10 bps of fee and 2 of slippage. */
  readonly reserveFraction: number;
}

/**
 * The quantity of an entry, rounded to the lot toward zero; zero where nothing sensible comes out (no equity, no stop
 * for `risk-per-trade`). Risk rules may shrink or refuse it afterwards.
 */
export function positionSize(sizing: PlainSizing, inputs: SizeInputs): Quantity {
  const size = unroundedSize(sizing, inputs);
  return Number.isFinite(size) && size > 0 ? quantityFromNumber(size, inputs.instrument.lot) : ZERO_QUANTITY;
}

/** The same in base units before it is rounded; NaN, or not above zero, where nothing sensible comes out. */
export function unroundedSize(
  sizing: PlainSizing,
  { instrument, equity, price, stopPrice, reserveFraction }: SizeInputs,
): number {
  switch (sizing.kind) {
    case "equity-fraction":
      return quantityWorth(instrument, price, equity * sizing.fraction, reserveFraction);
    case "fixed-notional":
      return quantityOfQuote(instrument, price, sizing.notionalQuote);
    case "risk-per-trade":
      return (equity * sizing.fraction) / Math.abs(profitNumber(instrument, price, stopPrice, 1));
    case "units":
      return sizing.units;
  }
}
