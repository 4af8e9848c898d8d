// What a quantity of an instrument is worth. The only place that knows how price and quantity become money: cash, lots,
// fees, equity, exposure and margin all come here.
import { absoluteQuantity, type Notional, powerOfTen, type Price, type Quantity, UNIT_DECIMALS } from "../money/mod.ts";
import type { Instrument } from "./instrument.ts";

const ONE = powerOfTen(UNIT_DECIMALS);

/**
 * What a signed quantity is worth at a price, in the settlement asset: what buying it takes from the account, and what
 * equity counts it as. Spot and linear: price × quantity × contract size. Inverse: −contract size × quantity ÷ price, so
 * that a long position is worth more when the price rises. Where 24 digits do not hold it, it is rounded up: a purchase
 * never costs less and a sale never brings more. Source of the inverse form: BitMEX, Inverse Perpetual Guide.
 */
export function valueOf(instrument: Instrument, price: Price, quantity: Quantity): Notional {
  const { contractSize } = instrument;
  if (instrument.kind !== "inverse") {
    const value = price * quantity;
    return (contractSize === ONE ? value : ceilDivide(value * contractSize, ONE)) as bigint as Notional;
  }
  // 10^-12 × 10^-12 ÷ 10^-12 is a count of 10^-12; an amount counts 10^-24.
  return ceilDivide(-contractSize * quantity * ONE, price) as Notional;
}

/** The same without its sign and for a quantity above zero: what an order or a position is large, for fees and margin. */
export function sizeOf(instrument: Instrument, price: Price, quantity: Quantity): Notional {
  const value = valueOf(instrument, price, absoluteQuantity(quantity));
  return (value < 0n ? -value : value) as Notional;
}

/** The same as float64 at a float64 price, for marks, sizes and statistics. */
export function valueNumber(instrument: Instrument, price: number, quantity: number): number {
  const { contractSizeNumber } = instrument;
  if (instrument.kind === "inverse") return -contractSizeNumber * quantity / price;
  return contractSizeNumber === 1 ? quantity * price : quantity * price * contractSizeNumber;
}

/** Size in the settlement asset of a float64 quantity, 0 or more. */
export function sizeNumber(instrument: Instrument, price: number, quantity: number): number {
  return Math.abs(valueNumber(instrument, price, quantity));
}

/** The same with the sign of the quantity: what is long above zero, what is short below. */
export function exposureNumber(instrument: Instrument, price: number, quantity: number): number {
  const size = sizeNumber(instrument, price, quantity);
  return quantity < 0 ? -size : size;
}

/** What a signed quantity gains when the price goes from one to another, in the settlement asset. */
export function profitNumber(instrument: Instrument, from: number, to: number, quantity: number): number {
  const { contractSizeNumber } = instrument;
  if (instrument.kind === "inverse") return contractSizeNumber * quantity * (1 / from - 1 / to);
  const gained = quantity * (to - from);
  return contractSizeNumber === 1 ? gained : gained * contractSizeNumber;
}

/** The same as a share of the size at the first price, for a long position. */
export function moveFraction(instrument: Instrument, from: number, to: number): number {
  return instrument.kind === "inverse" ? 1 - from / to : to / from - 1;
}

/** The quantity whose size at a price, with a share of it on top, is this amount of the settlement asset. */
export function quantityWorth(instrument: Instrument, price: number, amount: number, onTop = 0): number {
  const { contractSizeNumber } = instrument;
  if (instrument.kind === "inverse") return amount * price / (contractSizeNumber * (1 + onTop));
  return amount / (price * (1 + onTop) * contractSizeNumber);
}

/** The quantity whose size at a price is this amount of the quote asset, whatever it settles in. */
export function quantityOfQuote(instrument: Instrument, price: number, quote: number): number {
  const { contractSizeNumber } = instrument;
  return instrument.kind === "inverse" ? quote / contractSizeNumber : quote / (price * contractSizeNumber);
}

/**
 * The price at which a quantity has this value, rounded down to 10^-12: the average of fills whose values were added.
 * Inverse contracts average harmonically by it.
 */
export function priceOfValue(instrument: Instrument, value: Notional, quantity: Quantity): Price {
  const { contractSize } = instrument;
  if (instrument.kind === "inverse") return (-contractSize * quantity * ONE / value) as bigint as Price;
  return (contractSize === ONE ? value / quantity : value * ONE / (quantity * contractSize)) as bigint as Price;
}

function ceilDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value > 0n && quotient * divisor !== value ? quotient + 1n : quotient;
}
