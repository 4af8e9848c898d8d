import type { Quantity } from "../money/mod.ts";
import type { PlainSizing, Side } from "../orders/mod.ts";
import { positionSize } from "../risk/mod.ts";
import { type Protection, protectionPrice } from "../strategies/mod.ts";
import { sizedEquity } from "./budget.ts";
import type { Trader } from "./trader.ts";

/** Quantity of an entry that is expected to trade at a price, quote units, by the account as it is now. */
export function entryQuantity(
  trader: Trader,
  book: number,
  side: Side,
  price: number,
  sizing: PlainSizing,
  stop: Protection | null,
): Quantity {
  const { config } = trader;
  return positionSize(sizing, {
    instrument: config.instruments[config.books[book]!.instrument]!,
    equity: sizedEquity(trader, book),
    price,
    stopPrice: stop === null ? NaN : protectionPrice(stop, price, side === "buy" ? -1 : 1),
    reserveFraction: config.reserveFraction,
  });
}
