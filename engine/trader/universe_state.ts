import type { Timeframe } from "../time/mod.ts";

/** A universe that changes with the market: the markets with the most volume, ranked again and again. */
export interface UniverseConfig {
  /** By volume × typical price, (high + low + close) ÷ 3, quote units, over whole days, UTC. */
  readonly rank: "quote-volume";
  /** How many markets it holds at most. */
  readonly top: number;
  /** Whole days before the ranking that count. */
  readonly lookbackDays: number;
  /** Ranked at the first close at or after each boundary of this length. */
  readonly every: Timeframe;
  /** What becomes of a position whose market leaves: kept until its strategy exits, or closed at once. */
  readonly onLeave: "keep" | "close";
}

/** What a universe knows; plain data, saved with the trader's state. */
export interface UniverseState {
  /** Quote volumes by instrument, then by day modulo the days that count. */
  readonly volumes: Float64Array;
  /** Newest day in them, counted from 1970. */
  day: number;
  /** 1 for the markets that take entries, by instrument. */
  readonly members: Float64Array;
  /** The next boundary at which it is ranked. */
  rankFromMs: number;
}

/** A universe before the first candle: nothing is known, so no market takes entries. */
export function openUniverse(instruments: number, { lookbackDays }: UniverseConfig): UniverseState {
  return {
    volumes: new Float64Array(instruments * lookbackDays),
    day: 0,
    members: new Float64Array(instruments),
    rankFromMs: -Infinity,
  };
}
