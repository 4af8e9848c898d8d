// Which share of its notional a fill pays. The port is one function; flat fees and tiers are two ways to make one.
import { InputError } from "../errors/mod.ts";
import type { InstrumentId } from "../market/mod.ts";
import type { Side } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/** A fill as a fee model sees it. */
export interface ChargedFill {
  readonly instrument: InstrumentId;
  readonly side: Side;
  /** `maker`: the order rested in the book; `taker`: it took what was there. */
  readonly liquidity: "maker" | "taker";
  /** Quote units, after slippage. */
  readonly price: number;
  /** Base units. */
  readonly quantity: number;
  /** Price × quantity. */
  readonly notionalQuote: number;
  readonly timeMs: TimestampMs;
  /** What the account itself traded in the 30 whole days in UTC before today, quote units. */
  readonly volumeQuote: number;
}

/** The fee of a fill as a share of its notional: 0.001 is 0.1 %, below 0 is a rebate. It is charged exactly, rounded up. */
export type FeeModel = (fill: ChargedFill) => number;

/** Fees from a traded volume on, basis points. */
export interface FeeTier {
  /** What the account must have traded in the 30 whole days in UTC before, quote units. */
  readonly fromVolumeQuote: number;
  readonly makerBps: number;
  readonly takerBps: number;
}

const BPS_PER_ONE = 10_000;

/**
 * Fees by the volume that an account itself has traded. A venue looks at it once a day: the tier is that of the 30 whole
 * days before, and changes at 00:00 UTC. Source: Binance's announcement of its tiers, 2018-07-19.
 *
 * @param tiers By rising volume; the first one counts from 0 whatever it says.
 * @throws {InputError} `costs` when they do not rise.
 */
export function tieredFees(tiers: readonly FeeTier[]): FeeModel {
  const unordered = tiers.findIndex((tier, i) => i > 0 && !(tier.fromVolumeQuote > tiers[i - 1]!.fromVolumeQuote));
  if (unordered > 0) {
    throw new InputError(
      "costs",
      `the fee tier from ${
        tiers[unordered]!.fromVolumeQuote
      } does not lie above the one before it: sort them by volume`,
    );
  }
  return ({ liquidity, volumeQuote }) => {
    let reached = tiers[0]!;
    for (const tier of tiers) if (volumeQuote >= tier.fromVolumeQuote) reached = tier;
    return (liquidity === "maker" ? reached.makerBps : reached.takerBps) / BPS_PER_ONE;
  };
}
