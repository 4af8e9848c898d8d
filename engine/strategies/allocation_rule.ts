// How a strategy divides its equity among its markets; the trader carries it out (engine/trader/allocate.ts).
import type { DriftBand, Weighting } from "../portfolio/mod.ts";
import type { Timeframe } from "../time/mod.ts";

/** Moments at which a portfolio is brought back to its weights: the boundaries of a timeframe, later by so much. */
export interface RebalanceCalendar {
  /** Days and weeks (from Monday) are counted from 1970, months from January. */
  readonly every: Timeframe;
  /** Milliseconds after the boundary, less than a day: 08:00 UTC is 28,800,000. */
  readonly offsetMs: number;
}

/** Weights, and when and how a portfolio is brought to them. */
export interface AllocationRule {
  readonly weighting: Weighting;
  /** Returns that the weights are estimated from, in candles of the strategy's timeframe. */
  readonly lookback: number;
  /** Largest share of the invested equity in one market. */
  readonly maxWeight: number;
  /** Share of the equity that stays cash. */
  readonly cashFraction: number;
  /** Null: not by the calendar. */
  readonly calendar: RebalanceCalendar | null;
  /** Null: whatever the weights are. */
  readonly band: DriftBand | null;
  /** Changes below this are left undone, quote units. */
  readonly minTradeQuote: number;
  /** What a change must be worth, see `isWorthIt` of the module portfolio; 0: whatever it costs. */
  readonly riskAversion: number;
}
