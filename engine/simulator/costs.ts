import { InputError } from "../errors/mod.ts";
import { type Instrument, sizeOf } from "../market/mod.ts";
import {
  type Fee,
  feeOn,
  type FeeRate,
  feeRateFromBps,
  type Notional,
  notionalFromNumber,
  notionalOf,
  type Price,
  priceFromNumber,
  type Quantity,
} from "../money/mod.ts";
import type { Side } from "../orders/mod.ts";
import { type SlippageModel, slippageOf, type SlippageSpec } from "./slippage.ts";

/** What trading costs, as a run states it. */
export interface CostSpec {
  /** Fee of an order that rested in the book, basis points of the notional. */
  readonly makerBps: number;
  /** Fee of an order that took liquidity. */
  readonly takerBps: number;
  /** Charged once per fill, quote units. */
  readonly fixedFeeQuote: number;
  readonly slippage: SlippageSpec;
}

/** The same, checked and exact. */
export interface Costs {
  readonly maker: FeeRate;
  readonly taker: FeeRate;
  readonly fixed: Notional;
  readonly slippage: SlippageModel;
  /** What an entry sets aside of its price for fee and slippage. */
  readonly reserveFraction: number;
}

/**
 * Checks the costs of a run.
 *
 * @throws {InputError} `costs` for a fixed fee below zero, `fee-rate` or `slippage` for settings that make no sense.
 */
export function costsOf(spec: CostSpec): Costs {
  if (!(spec.fixedFeeQuote >= 0)) {
    throw new InputError("costs", "a fixed fee cannot be below zero: use a negative makerBps for rebates");
  }
  const { model, reserveFraction } = slippageOf(spec.slippage);
  return {
    maker: feeRateFromBps(spec.makerBps),
    taker: feeRateFromBps(spec.takerBps),
    fixed: notionalFromNumber(spec.fixedFeeQuote),
    slippage: model,
    reserveFraction: Math.max(0, spec.takerBps) / 10_000 + reserveFraction,
  };
}

/** The fee of a fill in the asset in which it is taken, rounded up at the instrument's fee digits. */
export function feeOfFill(
  costs: Costs,
  instrument: Instrument,
  liquidity: "maker" | "taker",
  side: Side,
  price: Price,
  quantity: Quantity,
): { fee: Fee; inBase: boolean } {
  const rate = liquidity === "maker" ? costs.maker : costs.taker;
  const inBase = side === "buy" && instrument.feeAsset === "received" && costs.fixed === 0n;
  // A quantity seen as an amount of the base asset is the notional at a price of one.
  const amount = inBase ? notionalOf(ONE, quantity) : sizeOf(instrument, price, quantity);
  const fee = feeOn(amount, rate, inBase ? Math.min(instrument.feeDecimals, 12) : instrument.feeDecimals);
  return { fee: inBase ? fee : (fee + costs.fixed) as bigint as Fee, inBase };
}

const ONE = 1_000_000_000_000n as Price;

/** The price after slippage, rounded to the tick against the taker. */
export function slippedPrice(raw: number, side: Side, slippageFraction: number, instrument: Instrument): Price {
  const slipped = side === "buy" ? raw * (1 + slippageFraction) : raw * (1 - slippageFraction);
  return priceFromNumber(slipped, instrument.tick, side === "buy" ? "up" : "down");
}
