import { InputError } from "../errors/mod.ts";
import { AMOUNT_DECIMALS, parseDecimal, powerOfTen, UNIT_DECIMALS } from "./decimal.ts";
import type { Notional } from "./notional.ts";
import type { Price } from "./price.ts";

declare const feeBrand: unique symbol;

/** An amount charged, in units of its own asset, exact, as a count of 10^-24; a rebate is negative. */
export type Fee = bigint & { readonly [feeBrand]: "Fee" };

declare const feeRateBrand: unique symbol;

/** A share of a notional as a count of 10^-12: 10 basis points are 10^9 of it. */
export type FeeRate = bigint & { readonly [feeRateBrand]: "FeeRate" };

const RATE_DECIMALS = 12;
const BASIS_POINT_DECIMALS = 4;

/** Reads a fee amount such as `"0.25"`. */
export function fee(text: string): Fee {
  return parseDecimal(text, AMOUNT_DECIMALS) as Fee;
}

/**
 * A fee rate from basis points (hundredths of a percent), up to 8 digits after the point.
 *
 * @throws {InputError} `fee-rate` outside ±10,000 basis points.
 */
export function feeRateFromBps(bps: number): FeeRate {
  if (!(Math.abs(bps) <= 10_000)) {
    throw new InputError("fee-rate", `a fee of ${bps} basis points is outside -10000 … 10000: 10 means 0.1 %`);
  }
  return parseDecimal(bps.toFixed(8), RATE_DECIMALS - BASIS_POINT_DECIMALS) as FeeRate;
}

/**
 * A fee rate from a share of the notional, rounded to 12 digits: 0.001 is a tenth of a percent, below 0 a rebate.
 *
 * @throws {InputError} `fee-rate` when it is no number from −1 to 1.
 */
export function feeRateFromFraction(fraction: number): FeeRate {
  if (!(Math.abs(fraction) <= 1)) {
    throw new InputError("fee-rate", `a fee of ${fraction} is no share of the notional: 0.001 means 0.1 %`);
  }
  return BigInt(Math.round(fraction * 1e12)) as FeeRate;
}

/**
 * The fee on an amount, rounded up (against the payer) to `decimals` digits after the point of the fee's asset.
 * A negative rate is a rebate, rounded toward zero: also against the payer.
 */
export function feeOn(amount: Notional, rate: FeeRate, decimals: number): Fee {
  const gross = (amount < 0n ? -amount : amount) * rate;
  const step = powerOfTen(RATE_DECIMALS + AMOUNT_DECIMALS - decimals);
  const steps = gross / step;
  const rounded = gross > 0n && steps * step !== gross ? steps + 1n : steps;
  return (rounded * powerOfTen(AMOUNT_DECIMALS - decimals)) as Fee;
}

/**
 * The fee on an amount, and a fixed one beside it, in another asset at its price in the quote asset: rounded up to
 * `decimals` digits of that asset. For rates of 0 and more.
 */
export function feeInAsset(amount: Notional, rate: FeeRate, fixed: Notional, price: Price, decimals: number): Fee {
  const due = (amount < 0n ? -amount : amount) * rate + fixed * powerOfTen(RATE_DECIMALS);
  // due ÷ 10^36 ÷ (price ÷ 10^12), in steps of the asset's last digit
  const step = price * powerOfTen(AMOUNT_DECIMALS - decimals);
  return ((due + step - 1n) / step * powerOfTen(AMOUNT_DECIMALS - decimals)) as Fee;
}

/** Worth of a fee in a third asset at its price, in the quote asset; exact for assets of up to 12 digits. */
export function worthOfFee(fee: Fee, price: Price): Notional {
  return (fee * price / powerOfTen(UNIT_DECIMALS)) as Notional;
}
