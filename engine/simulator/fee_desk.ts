// Where fills are charged: the model's rate, the asset that pays, the exact amount.
import { type Instrument, priceAt, settlementAsset, sizeOf } from "../market/mod.ts";
import {
  type Fee,
  feeInAsset,
  feeOn,
  type FeeRate,
  feeRateFromFraction,
  notionalOf,
  notionalToNumber,
  type Price,
  priceFromNumber,
  priceToNumber,
  type Quantity,
  quantityToNumber,
  UNIT_DECIMALS,
  worthOfFee,
} from "../money/mod.ts";
import type { Fill, Side } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { Costs } from "./costs.ts";
import type { ChargedFill } from "./fee_model.ts";
import { RollingVolume } from "./rolling_volume.ts";

/** A fill that has not been charged yet. */
export interface UnchargedFill {
  readonly instrument: Instrument;
  readonly side: Side;
  readonly liquidity: "maker" | "taker";
  readonly price: Price;
  readonly quantity: Quantity;
  readonly timeMs: TimestampMs;
}

/** What a fill is charged, as it stands in the fill. */
export type Charge = Pick<Fill, "fee" | "feeAsset" | "feeFrom" | "feeWorthQuote">;

/** A price of one: a quantity seen as an amount of the base asset is the notional at it. */
const ONE = 1_000_000_000_000n as Price;
/** The finest price there is. */
const PICO = 1n as Price;

/** Charges the fills of one account. */
export class FeeDesk {
  /** Fills that the third asset did not reach for, and the first of them. */
  readonly shortfall = { fills: 0, firstMs: NaN };
  /** What is left of the third asset; 0 without one. */
  balance: Fee;
  readonly #costs: Costs;
  readonly #volume = new RollingVolume();
  /** The share that was made exact last. */
  #lastRate = { fraction: NaN, rate: 0n as FeeRate };

  constructor(costs: Costs) {
    this.#costs = costs;
    this.balance = costs.payFeesIn?.balance ?? 0n as Fee;
  }

  /** The model's fee as a share of the notional. */
  #fractionOf(fill: UnchargedFill): number {
    const { flat } = this.#costs, { feeRates } = fill.instrument;
    if (feeRates !== null) return feeRates[fill.liquidity];
    return flat === null ? this.#costs.fees(this.#seen(fill)) : flat[fill.liquidity];
  }

  /** The part of it that comes from the cash: none where the position or a third asset pays. */
  cashFractionOf(fill: UnchargedFill): number {
    const isPaidElsewhere = this.#costs.payFeesIn === null
      ? this.#takesFromPosition(fill.instrument, fill.side)
      : this.chargeOf(fill).feeFrom !== "cash";
    return isPaidElsewhere ? 0 : this.#fractionOf(fill);
  }

  /** True when the usual asset of a fee is the base asset that a buy brings. */
  #takesFromPosition({ feeAsset }: Instrument, side: Side): boolean {
    return side === "buy" && feeAsset === "received" && this.#costs.fixed === 0n;
  }

  /**
   * The charge of a fill: in the third asset while its balance reaches for all of it, else in the usual one, rounded up
   * at the digits of the asset. Rebates come in the usual asset.
   */
  chargeOf(fill: UnchargedFill): Charge {
    const fraction = this.#fractionOf(fill), rate = this.#rateOf(fraction);
    if (rate > 0n || this.#costs.fixed > 0n) {
      const charge = this.#inThirdAsset(fill, fraction);
      if (charge !== null && charge.fee <= this.balance) return charge;
    }
    return this.#inUsualAsset(fill, rate);
  }

  /** Counts a fill that was charged: its fee leaves the balance, its notional counts for the tiers of the next days. */
  booked({ price, quantity, timeMs, fee, feeFrom }: Fill, instrument: Instrument): void {
    if (this.#costs.flat === null) this.#volume.add(timeMs, sizeOf(instrument, price, quantity));
    if (feeFrom === "third") this.balance = (this.balance - fee) as Fee;
    else if (this.#costs.payFeesIn !== null && fee > 0n && this.shortfall.fills++ === 0) {
      this.shortfall.firstMs = timeMs;
    }
  }

  #rateOf(fraction: number): FeeRate {
    if (fraction !== this.#lastRate.fraction) this.#lastRate = { fraction, rate: feeRateFromFraction(fraction) };
    return this.#lastRate.rate;
  }

  #inThirdAsset({ instrument, price, quantity, timeMs }: UnchargedFill, fraction: number): Charge | null {
    const { payFeesIn, fixed } = this.#costs;
    if (payFeesIn === null) return null;
    const rate = feeRateFromFraction(Math.max(0, fraction) * (1 - payFeesIn.discountFraction));
    const assetPrice = priceFromNumber(priceAt(payFeesIn.prices, timeMs), PICO, "nearest");
    const fee = feeInAsset(sizeOf(instrument, price, quantity), rate, fixed, assetPrice, payFeesIn.decimals);
    return { fee, feeAsset: payFeesIn.asset, feeFrom: "third", feeWorthQuote: worthOfFee(fee, assetPrice) };
  }

  #inUsualAsset({ instrument, side, price, quantity }: UnchargedFill, rate: FeeRate): Charge {
    const { feeDecimals, base } = instrument;
    if (this.#takesFromPosition(instrument, side)) {
      const fee = feeOn(notionalOf(ONE, quantity), rate, Math.min(feeDecimals, UNIT_DECIMALS));
      return { fee, feeAsset: base, feeFrom: "position" };
    }
    const fee = feeOn(sizeOf(instrument, price, quantity), rate, feeDecimals) + this.#costs.fixed;
    return { fee: fee as Fee, feeAsset: settlementAsset(instrument), feeFrom: "cash" };
  }

  #seen({ instrument, side, liquidity, price, quantity, timeMs }: UnchargedFill): ChargedFill {
    return {
      instrument: instrument.id,
      side,
      liquidity,
      price: priceToNumber(price),
      quantity: quantityToNumber(quantity),
      notionalQuote: notionalToNumber(sizeOf(instrument, price, quantity)),
      timeMs,
      volumeQuote: this.#volume.before(timeMs),
    };
  }
}
