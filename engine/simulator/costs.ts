import { InputError } from "../errors/mod.ts";
import { type Instrument, type PricePoint, type PriceSeries, priceSeries } from "../market/mod.ts";
import {
  type Fee,
  feeRateFromBps,
  formatPrice,
  type Notional,
  notionalFromNumber,
  type Price,
  priceFromNumber,
} from "../money/mod.ts";
import type { Side } from "../orders/mod.ts";
import { type FeeModel, type FeeTier, tieredFees } from "./fee_model.ts";
import { type SlippageModel, slippageOf, type SlippageSpec } from "./slippage.ts";

/** What trading costs, as a run states it. */
export interface CostSpec {
  /** Fee of an order that rested in the book, basis points of the notional; below 0 a rebate. */
  readonly makerBps: number;
  /** Fee of an order that took liquidity. */
  readonly takerBps: number;
  /** Fees from traded volumes on, by rising volume; below the first one the two above count. */
  readonly tiers?: readonly FeeTier[];
  /** A fee function of the caller's in place of rates: its source, which the run's hash contains. */
  readonly fees?: CustomModel;
  /** Charged once per fill, quote units. */
  readonly fixedFeeQuote: number;
  /** A third asset that pays the fees while there is some left. */
  readonly payFeesIn?: FeePayment;
  readonly slippage: SlippageSpec | CustomModel;
  /**
   * What an entry sets aside of its price for fee and slippage when it is sized; where absent, what the models can say
   * before (of a function of the caller's: nothing).
   */
  readonly reserveBps?: number;
}

/** A function of the caller's, by its source. */
export interface CustomModel {
  readonly kind: "custom";
  readonly source: string;
}

/** How fees are paid in a third asset, as with BNB at Binance. */
export interface FeePayment {
  readonly asset: string;
  /** Units of the asset at the start; fees that it does not reach for are paid in the usual asset, in full. */
  readonly balance: number;
  /** Quote units for one unit: one price, or one from each moment on. */
  readonly priceQuote: number | readonly PricePoint[];
  /** Share of the fee that is let off for it: 0.25 is a quarter. */
  readonly discountFraction: number;
}

/** The functions that a spec names by their source. */
export interface CostFunctions {
  readonly fees?: FeeModel;
  readonly slippage?: SlippageModel;
}

/** Costs, checked and exact. */
export interface Costs {
  readonly fees: FeeModel;
  /** What the model says of every fill, as shares of its notional; null where it looks at the fill. */
  readonly flat: { readonly maker: number; readonly taker: number } | null;
  readonly fixed: Notional;
  readonly payFeesIn: {
    readonly asset: string;
    readonly balance: Fee;
    readonly prices: PriceSeries;
    readonly discountFraction: number;
    /** Digits after the point to which a fee in it is rounded up. */
    readonly decimals: number;
  } | null;
  readonly slippage: SlippageModel;
  /** What the model says of every trade, as a share of its price; null where it looks at the trade. */
  readonly flatSlippage: number | null;
  /** What an entry sets aside of its price for fee and slippage, and the part of that for the fee. */
  readonly reserveFraction: number;
  readonly feeReserveFraction: number;
}

/** Digits after the point of a third asset's amounts, as at most venues. */
const THIRD_ASSET_DECIMALS = 8;
const BPS_PER_ONE = 10_000;

/**
 * Checks the costs of a run.
 *
 * @throws {InputError} `costs`, `fee-rate`, `prices` or `slippage` for settings that make no sense, and `costs` when a
 * function is named that was not given.
 */
export function costsOf(spec: CostSpec, functions: CostFunctions = {}): Costs {
  if (!(spec.fixedFeeQuote >= 0)) {
    throw new InputError("costs", "a fixed fee cannot be below zero: use a negative makerBps for rebates");
  }
  const fees = feesOf(spec, functions), slippage = slippageIn(spec, functions);
  return {
    fees: fees.model,
    flat: fees.flat,
    fixed: notionalFromNumber(spec.fixedFeeQuote),
    payFeesIn: spec.payFeesIn === undefined ? null : paymentOf(spec.payFeesIn),
    slippage: slippage.model,
    flatSlippage: spec.slippage.kind === "none" || spec.slippage.kind === "fixed" ? slippage.reserveFraction : null,
    reserveFraction: spec.reserveBps === undefined
      ? fees.reserveFraction + slippage.reserveFraction
      : spec.reserveBps / BPS_PER_ONE,
    feeReserveFraction: fees.reserveFraction,
  };
}

/** Checks what can be checked of a spec without the functions that it names. @throws {InputError} as `costsOf` does. */
export function checkCosts({ fees: _, slippage, ...rest }: CostSpec): void {
  costsOf({ ...rest, slippage: slippage.kind === "custom" ? { kind: "none" } : slippage });
}

/** True when only the caller of the run has the functions that its costs name. */
export function hasCustomCosts({ fees, slippage }: CostSpec): boolean {
  return fees !== undefined || slippage.kind === "custom";
}

function feesOf(
  spec: CostSpec,
  functions: CostFunctions,
): { model: FeeModel; flat: Costs["flat"]; reserveFraction: number } {
  if (spec.fees !== undefined) {
    return { model: given("fees", spec.fees, functions.fees), flat: null, reserveFraction: 0 };
  }
  const tiers = [{ fromVolumeQuote: -Infinity, makerBps: spec.makerBps, takerBps: spec.takerBps }, ...spec.tiers ?? []];
  for (const { makerBps, takerBps } of tiers) [makerBps, takerBps].forEach(feeRateFromBps); // refuse what is no rate
  const model = tieredFees(tiers);
  const flat = spec.tiers !== undefined && spec.tiers.length > 0
    ? null
    : { maker: spec.makerBps / BPS_PER_ONE, taker: spec.takerBps / BPS_PER_ONE };
  return { model, flat, reserveFraction: Math.max(0, ...tiers.map(({ takerBps }) => takerBps)) / BPS_PER_ONE };
}

function slippageIn({ slippage }: CostSpec, functions: CostFunctions) {
  if (slippage.kind !== "custom") return slippageOf(slippage);
  const own = given("slippage", slippage, functions.slippage);
  const model: SlippageModel = (trade) => {
    const fraction = own(trade);
    if (fraction >= 0 && fraction < 1) return fraction;
    throw new InputError(
      "slippage",
      `the slippage function returned ${fraction}: it is a share of the price from 0 to 1`,
    );
  };
  return { model, reserveFraction: 0 };
}

/** The function that a spec means, told by its source. */
function given<F extends (seen: never) => number>(name: string, { source }: CustomModel, own: F | undefined): F {
  if (own !== undefined && String(own) === source) return own;
  throw new InputError(
    "costs",
    `the run's ${name} are a function of its author's, which a file cannot hold: give backtest() the function again`,
  );
}

function paymentOf({ asset, balance, priceQuote, discountFraction }: FeePayment): Costs["payFeesIn"] {
  if (!(balance >= 0)) {
    throw new InputError("costs", `a balance of ${balance} ${asset} makes no sense: state 0 or more`);
  }
  if (!(discountFraction >= 0 && discountFraction <= 1)) {
    throw new InputError("costs", `a discount of ${discountFraction} for fees in ${asset} lies outside 0 … 1`);
  }
  return {
    asset,
    balance: notionalFromNumber(balance) as bigint as Fee,
    prices: priceSeries(priceQuote),
    discountFraction,
    decimals: THIRD_ASSET_DECIMALS,
  };
}

/**
 * The price after slippage, rounded to the tick against the taker.
 *
 * @throws {InputError} `tick` when a sale would round to nothing.
 */
export function slippedPrice(raw: number, side: Side, slippageFraction: number, instrument: Instrument): Price {
  const slipped = side === "buy" ? raw * (1 + slippageFraction) : raw * (1 - slippageFraction);
  const price = priceFromNumber(slipped, instrument.tick, side === "buy" ? "up" : "down");
  if (price > 0n) return price;
  throw new InputError(
    "tick",
    `a sale of ${instrument.symbol} at ${slipped} has no price on its tick of ${
      formatPrice(instrument.tick)
    }: state the tick that the market has`,
  );
}
