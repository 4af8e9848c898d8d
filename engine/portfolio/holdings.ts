import type { InstrumentId } from "../market/mod.ts";

/** One book, a strategy on one market, at the closes of a {@linkcode Holdings}; columns are as long as its closes. */
export interface BookHoldings {
  readonly strategy: string;
  readonly instrument: InstrumentId;
  /** Last close of the market, quote units; NaN before its first candle. */
  readonly markPrice: Float64Array;
  /** Position × mark, quote units: above zero long, below zero short. */
  readonly exposureQuote: Float64Array;
  /** Profit since the start after fees, quote units: closed trades, and open ones at the mark. */
  readonly pnlQuote: Float64Array;
}

/**
 * What each book of an account held and had earned, at the first close, the last close of each step of an even grid that
 * contains every 00:00 UTC, and the last close of all. Books that have one market or one strategy add up to it.
 */
export interface Holdings {
  readonly closeTimeMs: Float64Array;
  readonly books: readonly BookHoldings[];
}

/** By what books are put together. */
export type HoldingsKey = "instrument" | "strategy";

/** Exposure and profit of the books that have a market or a strategy in common. */
export interface HoldingsGroup {
  readonly label: string;
  readonly exposureQuote: Float64Array;
  readonly pnlQuote: Float64Array;
}

/** The books put together by market or by strategy, in the order in which they first come. */
export function groupHoldings({ closeTimeMs, books }: Holdings, key: HoldingsKey): HoldingsGroup[] {
  const groups = new Map<string, HoldingsGroup>();
  for (const book of books) {
    const label = book[key];
    let group = groups.get(label);
    if (group === undefined) {
      const column = () => new Float64Array(closeTimeMs.length);
      groups.set(label, group = { label, exposureQuote: column(), pnlQuote: column() });
    }
    addTo(group.exposureQuote, book.exposureQuote);
    addTo(group.pnlQuote, book.pnlQuote);
  }
  return [...groups.values()];
}

function addTo(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
}
