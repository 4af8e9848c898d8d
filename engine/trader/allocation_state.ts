import { assert } from "../errors/mod.ts";
import type { AllocationRule, BoundStrategy } from "../strategies/mod.ts";
import type { Timeframe } from "../time/mod.ts";
import { strategyIdOf, type TraderConfig } from "./config.ts";

/** A strategy that divides its equity among its books: all of it follows from the config. */
export interface Allocation {
  readonly rule: AllocationRule;
  /** In their order; those that hold short positions only are left out. */
  readonly books: readonly number[];
  readonly timeframe: Timeframe;
}

/** What an allocation knows; plain data, saved with the trader's state. Arrays count its books in their order. */
export interface AllocationState {
  /** Closes of the last candles, a row each in a ring, one more than the returns that are wanted; NaN without a candle. */
  readonly closes: Float64Array;
  /** Rows that have been written so far, and when the last one was. */
  rows: number;
  lastCloseMs: number;
  /** From here on the calendar asks for a rebalance. */
  dueMs: number;
  /** Shares of the equity that the last rebalance aimed at; NaN before the first. */
  readonly targets: Float64Array;
  /** Of a rebalance on its way: base units that are to be held, and that were at its start; NaN where nothing is to be done. */
  readonly wanted: Float64Array;
  readonly from: Float64Array;
  /** How often its orders have been sent. */
  attempts: number;
  /** Closes since they were that some have not ended. */
  waited: number;
}

/** The allocations of a session, in the order of their first books. */
export function allocationsOf(config: TraderConfig): Allocation[] {
  const found = new Map<
    string,
    { rule: AllocationRule; strategy: BoundStrategy; books: number[]; timeframe: Timeframe }
  >();
  config.books.forEach((book, number) => {
    const { strategy, side } = book, rule = strategy.allocation, id = strategyIdOf(book);
    if (rule === undefined || side === "short") return;
    const own = found.get(id) ?? { rule, strategy, books: [], timeframe: book.timeframe ?? config.timeframe };
    assert(own.strategy.hash === strategy.hash, `${id} names two strategies`);
    own.books.push(number);
    found.set(id, own);
  });
  return [...found.values()].map(({ rule, books, timeframe }) => ({ rule, books, timeframe }));
}

/** An allocation before its first candle. */
export function openAllocation({ rule: { lookback }, books: { length } }: Allocation): AllocationState {
  return {
    closes: new Float64Array((lookback + 1) * length).fill(NaN),
    rows: 0,
    lastCloseMs: -Infinity,
    dueMs: -Infinity,
    targets: new Float64Array(length).fill(NaN),
    wanted: new Float64Array(length).fill(NaN),
    from: new Float64Array(length).fill(NaN),
    attempts: 0,
    waited: 0,
  };
}
