import { sizeNumber } from "../market/mod.ts";
import type { Trader } from "../trader/mod.ts";

/** Of a book whose strategy divides its equity: the share that it holds and the one that it was last to hold; else nothing. */
export function explainedShares(
  { config, state, allocations }: Trader,
  book: number,
): { label: string; value: number | null }[] {
  const number = allocations.findIndex(({ books }) => books.includes(book));
  if (number < 0) return [];
  const { instrument, budgetFraction = 1 } = config.books[book]!, held = state.books[book]!.positionNumber;
  const worth = held === 0 ? 0 : sizeNumber(config.instruments[instrument]!, state.marks[instrument]!, held);
  const target = state.allocations![number]!.targets[allocations[number]!.books.indexOf(book)]!;
  return [
    { label: "share of the equity that it held", value: worth / (state.lastEquity * budgetFraction) },
    { label: "share that it was to hold at the last rebalance", value: Number.isNaN(target) ? null : target },
  ];
}
