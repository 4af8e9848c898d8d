import { type Price, priceFromNumber } from "../money/mod.ts";
import type { EntryPrice } from "../strategies/mod.ts";

/** The price on the tick that is not worse than the one asked for: never paid more, never triggered earlier. */
export function orderPrice({ kind, price }: EntryPrice, side: "buy" | "sell", tick: Price): Price {
  return priceFromNumber(price, tick, (kind === "limit") === (side === "buy") ? "down" : "up");
}
