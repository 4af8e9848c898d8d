// How much worse than the market a trade fills. The port is one function; a model that a spec can state is one entry of
// the table below: its settings and its formula.
import { InputError } from "../errors/mod.ts";
import type { InstrumentId } from "../market/mod.ts";
import type { Side } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/** What a model may look at: the order, and the candle that it trades in. */
export interface SlippedTrade extends TradedShare {
  readonly instrument: InstrumentId;
  readonly side: Side;
  /** Before slippage, quote units. */
  readonly price: number;
  readonly timeMs: TimestampMs;
}

/** A trade beside the candle in which it was made. */
export interface TradedShare {
  /** Base units. */
  readonly quantity: number;
  /** Extremes of the candle, quote units, and its volume, base units. */
  readonly high: number;
  readonly low: number;
  readonly volume: number;
}

/** A slippage model with its settings. */
export type SlippageSpec =
  | { readonly kind: "none" }
  /** Always the same share of the price. */
  | { readonly kind: "fixed"; readonly bps: number }
  /**
   * Half the spread, and a share of the price that grows with the square of the order's share in the candle's volume.
   * `impactBps` is what an order as large as that volume pays. Source: the volume share model of Zipline.
   */
  | { readonly kind: "volume-share"; readonly halfSpreadBps: number; readonly impactBps: number }
  /**
   * Half the spread, and coefficient × volatility × √(order ÷ volume of the candle). The volatility of the candle is its
   * range ÷ (its middle × 2√ln 2), after Parkinson (1980). Source: Almgren, Thum, Hauptmann and Li (2005); Tóth and others
   * (2011) find coefficients near 1.
   */
  | { readonly kind: "square-root"; readonly halfSpreadBps: number; readonly coefficient: number };

/** The slippage of a trade as a share of its price, from 0 (none) to below 1; always against the trade. */
export type SlippageModel = (trade: SlippedTrade) => number;

const BPS = 1e-4;
/** 2√ln 2, written out: a logarithm's last digit is left to the machine. */
const PARKINSON = 1.6651092223153954;

/** An order as large as all that was traded, or larger, counts as all of it. */
const shareOf = ({ quantity, volume }: TradedShare) => quantity < volume ? quantity / volume : 1;

/** One model each: what it reserves of a price when an entry is sized, and its formula. */
const MODELS: {
  readonly [K in SlippageSpec["kind"]]: (spec: Extract<SlippageSpec, { kind: K }>) => {
    readonly reserveFraction: number;
    readonly model: (trade: TradedShare) => number;
  };
} = {
  none: () => ({ reserveFraction: 0, model: () => 0 }),
  fixed: ({ bps }) => ({ reserveFraction: bps * BPS, model: () => bps * BPS }),
  "volume-share": ({ halfSpreadBps, impactBps }) => ({
    reserveFraction: halfSpreadBps * BPS,
    model: (trade) => {
      const share = shareOf(trade);
      return (halfSpreadBps + impactBps * share * share) * BPS;
    },
  }),
  "square-root": ({ halfSpreadBps, coefficient }) => ({
    reserveFraction: halfSpreadBps * BPS,
    model: (trade) => {
      const { high, low } = trade;
      const volatility = (high - low) / ((high + low) / 2 * PARKINSON);
      return halfSpreadBps * BPS + coefficient * volatility * Math.sqrt(shareOf(trade));
    },
  }),
};

/**
 * Makes a model of its settings.
 *
 * @throws {InputError} `slippage` for a setting below 0.
 */
export function slippageOf(
  spec: SlippageSpec,
): { readonly reserveFraction: number; readonly model: (trade: TradedShare) => number } {
  for (const [name, value] of Object.entries(spec)) {
    if (typeof value === "number" && !(value >= 0 && value < 10_000)) {
      throw new InputError("slippage", `${name} of the ${spec.kind} slippage is ${value}: it lies from 0 to 9999`);
    }
  }
  return MODELS[spec.kind](spec as never);
}
