import { absoluteQuantity, floorToLot, type Quantity } from "../money/mod.ts";
import type { Trader } from "./trader.ts";

/**
 * What an order can close of a book's position: whole lots of what is held. That is less than the position where the
 * venue has corrected a trade of before, so that dust is missing rather than left over.
 */
export function closableQuantity(trader: Trader, book: number): Quantity {
  const { config, state } = trader, { instrument } = config.books[book]!;
  return closableOf(state.books[book]!.position, state.account.dust[instrument]!, config.instruments[instrument]!.lot);
}

/** The same of a position and the dust beside it. */
export function closableOf(position: Quantity, dust: Quantity, lot: Quantity): Quantity {
  const size = absoluteQuantity(position), isMissing = (position > 0n && dust < 0n) || (position < 0n && dust > 0n);
  if (!isMissing) return floorToLot(size, lot);
  const held = size - absoluteQuantity(dust);
  return held <= 0n ? 0n as Quantity : floorToLot(held as Quantity, lot);
}
