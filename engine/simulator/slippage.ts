// How much worse than the market a trade fills. A model is one entry of the table below: its settings and its formula.
import { InputError } from "../errors/mod.ts";

/** What a model may look at: the order, and the candle that it trades in. */
export interface SlippedTrade {
  /** Base units. */
  readonly quantity: number;
  /** Extremes of the candle, quote units, and its volume, base units. */
  readonly high: number;
  readonly low: number;
  readonly volume: number;
}

/** A slippage model with its settings. */
export type SlippageSpec =
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

/** The slippage of a trade as a share of its price, 0 or more. */
export type SlippageModel = (trade: SlippedTrade) => number;

const BPS = 1e-4;
/** 2√ln 2, written out: a logarithm's last digit is left to the machine. */
const PARKINSON = 1.6651092223153954;

/** An order as large as all that was traded, or larger, counts as all of it. */
const shareOf = ({ quantity, volume }: SlippedTrade) => quantity < volume ? quantity / volume : 1;

/** One model each: what it reserves of a price when an entry is sized, and its formula. */
const MODELS: {
  readonly [K in SlippageSpec["kind"]]: (spec: Extract<SlippageSpec, { kind: K }>) => {
    readonly reserveFraction: number;
    readonly model: SlippageModel;
  };
} = {
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
export function slippageOf(spec: SlippageSpec): { readonly reserveFraction: number; readonly model: SlippageModel } {
  for (const [name, value] of Object.entries(spec)) {
    if (typeof value === "number" && !(value >= 0 && value < 10_000)) {
      throw new InputError("slippage", `${name} of the ${spec.kind} slippage is ${value}: it lies from 0 to 9999`);
    }
  }
  return MODELS[spec.kind](spec as never);
}

/** A fill that was seen, and how much worse than the market it was, as a share of the price. */
export interface ObservedSlippage extends SlippedTrade {
  readonly fraction: number;
}

/**
 * The square-root model that fits recorded fills best, by least squares; a part that would be below 0 is 0.
 *
 * @throws {InputError} `slippage` with fewer than two fills, or fills of one size only.
 */
export function fitSlippage(fills: readonly ObservedSlippage[]): Extract<SlippageSpec, { kind: "square-root" }> {
  const pressure = MODELS["square-root"]({ kind: "square-root", halfSpreadBps: 0, coefficient: 1 }).model;
  const x = fills.map(pressure), y = fills.map(({ fraction }) => fraction);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(x), meanY = mean(y);
  const spread = x.reduce((sum, value) => sum + (value - meanX) * (value - meanX), 0);
  if (fills.length < 2 || !(spread > 0)) {
    throw new InputError(
      "slippage",
      `${fills.length} fills do not show how slippage grows: record some of other sizes`,
    );
  }
  const slope = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0) / spread;
  // At a border the other part is fitted alone.
  const coefficient = slope <= 0 ? 0 : meanY - slope * meanX < 0 ? sumOf(x, y) / sumOf(x, x) : slope;
  const halfSpread = slope <= 0 ? meanY : Math.max(0, meanY - slope * meanX);
  return { kind: "square-root", halfSpreadBps: Math.max(0, halfSpread / BPS), coefficient: Math.max(0, coefficient) };
}

function sumOf(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
