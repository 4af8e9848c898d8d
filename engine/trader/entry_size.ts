import type { Quantity } from "../money/mod.ts";
import type { PlainSizing, Side } from "../orders/mod.ts";
import { equityOf } from "../portfolio/mod.ts";
import { positionSize } from "../risk/mod.ts";
import { type Protection, protectionPrice } from "../strategies/mod.ts";
import type { Trader } from "./trader.ts";

/** Quantity of an entry that is expected to trade at a price, quote units, by the account as it is now. */
export function entryQuantity(
  { config, state }: Trader,
  book: number,
  side: Side,
  price: number,
  sizing: PlainSizing,
  stop: Protection | null,
): Quantity {
  return positionSize(sizing, {
    instrument: config.instruments[config.books[book]!.instrument]!,
    equity: equityOf(state.account, state.marks, config.instruments),
    price,
    stopPrice: stop === null ? NaN : protectionPrice(stop, price, side === "buy" ? -1 : 1),
    reserveFraction: config.reserveFraction,
  });
}
