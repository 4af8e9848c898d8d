// A position must not be opened that could not be protected.
import { sizeNumber } from "../market/mod.ts";
import { notionalToNumber, priceToNumber, quantityToNumber } from "../money/mod.ts";
import type { OrderIntent } from "../orders/mod.ts";
import type { Refusal } from "../risk/mod.ts";
import { type Protection, protectionPrice } from "../strategies/mod.ts";
import type { Trader } from "./trader.ts";

/** Why what a book would hold with this entry could not have its stop, or null: there it has to be worth an order. */
export function bareEntry(
  { config, state }: Trader,
  { book, side, price, quantity }: OrderIntent,
  stop: Protection,
): Refusal | null {
  const { instrument } = config.books[book]!, market = config.instruments[instrument]!;
  if (market.minNotional === 0n) return null;
  const held = state.books[book]!.positionNumber, isSameSide = held > 0 === (side === "buy");
  const size = quantityToNumber(quantity) + (isSameSide ? Math.abs(held) : 0);
  const at = price === null ? state.marks[instrument]! : priceToNumber(price);
  const worth = sizeNumber(market, protectionPrice(stop, at, side === "buy" ? -1 : 1), size);
  const least = notionalToNumber(market.minNotional);
  if (!(worth < least)) return null;
  const reason = `at its stop it would be worth ${worth}, less than an order of ${least}: it could not be protected`;
  return { code: "below-min-notional", reason };
}
