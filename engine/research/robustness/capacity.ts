// How large an account can be before its own orders eat what it earns.
import { InputError } from "../../errors/mod.ts";
import { type CandleColumns, rowAtOrAfter } from "../../market/mod.ts";
import { ascendingOf, type Figure, quantile } from "../../metrics/mod.ts";
import { slippageOf } from "../../simulator/mod.ts";
import type { TimestampMs } from "../../time/mod.ts";
import type { TradeStake } from "./trade_stakes.ts";

/** How the impact of orders is estimated. */
export interface CapacitySettings {
  /** Of the square-root law; near 1 by Tóth and others (2011). */
  readonly impactCoefficient: number;
  /** Share of a candle's volume that nine in ten fills are to stay below. */
  readonly participationFraction: number;
}

/** An account of some size. */
export interface CapacityPoint {
  readonly equityQuote: number;
  readonly annualReturnFraction: number;
}

/** How much an idea can carry. */
export interface Capacity {
  /** Mean return a year without compounding, costs of the run included: what a vanishingly small account earns. */
  readonly annualReturnFraction: number;
  /** Account at which half of that is left, and nothing; null where there is nothing to lose. */
  readonly halfAtQuote: Figure;
  readonly zeroAtQuote: Figure;
  /** Account above which more than one fill in ten takes a larger share of its candle's volume than stated. */
  readonly participationAtQuote: Figure;
  readonly settings: CapacitySettings;
  /** Fills in candles without volume: their impact is not known and not counted. */
  readonly unknownFills: number;
  readonly curve: readonly CapacityPoint[];
}

const CURVE_POINTS = 25;
const FILLS_BELOW = 0.9;

/**
 * Capacity by the square-root law of market impact: an order moves the price by coefficient × volatility × √(order ÷
 * volume), of the candle in which it fills (Almgren, Thum, Hauptmann and Li, 2005; Tóth and others, 2011). The account is
 * kept at one size: its return a year falls with the root of that size, R(E) = A − B √E, so half of it is left at
 * (A ÷ 2B)² and nothing at (A ÷ B)².
 *
 * @param candles Of the markets that were traded.
 * @param years Length of the run.
 * @throws {InputError} `robustness` for settings that cannot be.
 */
export function capacity(
  stakes: readonly TradeStake[],
  candles: readonly CandleColumns[],
  years: number,
  settings: CapacitySettings,
): Capacity {
  const { impactCoefficient, participationFraction } = settings;
  if (!(impactCoefficient > 0 && participationFraction > 0 && participationFraction <= 1)) {
    throw new InputError(
      "robustness",
      `impact ${impactCoefficient} and participation ${participationFraction} give no capacity: both lie above 0, the second up to 1`,
    );
  }
  const { model } = slippageOf({ kind: "square-root", halfSpreadBps: 0, coefficient: impactCoefficient });
  const markets = new Map(candles.map((own) => [own.instrument.id as string, own]));
  const shares: number[] = [];
  let earned = 0, paid = 0, unknownFills = 0;
  for (const { trade, sizeFraction, profitFraction } of stakes) {
    earned += profitFraction;
    const own = markets.get(trade.instrument)!;
    for (const [timeMs, price] of [[trade.entryTimeMs, trade.entryPrice], [trade.exitTimeMs, trade.exitPrice]]) {
      const row = rowOf(own, timeMs!), volume = own.volume[row]!, high = own.high[row]!, low = own.low[row]!;
      // Per unit of equity to the half: the law for an order so small that its share is below one.
      const share = sizeFraction / (price! * volume);
      if (!(volume > 0)) unknownFills++;
      else {
        paid += sizeFraction * model({ quantity: TINY * volume, high, low, volume }) * Math.sqrt(share / TINY);
        shares.push(share);
      }
    }
  }
  const a = earned / years, b = paid / years, hasEdge = a > 0 && b > 0;
  const zeroAtQuote = hasEdge ? (a / b) * (a / b) : null;
  const largeShare = quantile(ascendingOf(shares), FILLS_BELOW);
  return {
    annualReturnFraction: a,
    halfAtQuote: zeroAtQuote === null ? null : zeroAtQuote / 4,
    zeroAtQuote,
    participationAtQuote: largeShare === null || largeShare === 0 ? null : participationFraction / largeShare,
    settings: { impactCoefficient, participationFraction },
    unknownFills,
    curve: zeroAtQuote === null ? [] : Array.from({ length: CURVE_POINTS }, (_, i) => {
      const share = (i / (CURVE_POINTS - 1)) * 1.1;
      return { equityQuote: share * share * zeroAtQuote, annualReturnFraction: a * (1 - share) };
    }),
  };
}

/** A share of volume at which the law is taken; it is scaled from there. */
const TINY = 1 / 65_536;

/** The candle in which something filled. */
function rowOf(candles: CandleColumns, timeMs: number): number {
  const row = rowAtOrAfter(candles, timeMs as TimestampMs);
  return row < candles.length && candles.openTimeMs[row] === timeMs ? row : Math.max(0, row - 1);
}
