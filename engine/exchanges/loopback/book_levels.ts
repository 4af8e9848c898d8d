import { formatPrice, type Price, price } from "../../money/mod.ts";
import type { LoopbackMarket } from "./loopback_market.ts";
import type { LoopbackVenue } from "./loopback_venue.ts";

/** A price and what is there, decimal text. */
export type TextLevel = readonly [price: string, quantity: string];

/** The book of a market, best levels first. */
export interface BookLevels {
  /** Grows with time. */
  readonly lastUpdateId: number;
  readonly bids: readonly TextLevel[];
  readonly asks: readonly TextLevel[];
}

/** Levels of a hundred thousand quote units each, a tick apart. */
export function bookLevels(venue: LoopbackVenue, market: LoopbackMarket, limit: number): BookLevels {
  const { bid, ask } = venue.quotes(market), tick = price(market.tick);
  const size = (at: Price) => (1e17 / Number(at)).toFixed(5);
  const levels = (from: Price, step: bigint) =>
    Array.from({ length: limit }, (_, i) => (from + step * BigInt(i)) as Price)
      .filter((at) => at > 0n)
      .map((at): TextLevel => [formatPrice(at), size(at)]);
  return { lastUpdateId: Math.floor(venue.now() / 100), bids: levels(bid, -tick), asks: levels(ask, tick) };
}

/** Levels with what they have now; those that are gone have nothing. */
export function changedLevels(before: readonly TextLevel[], now: readonly TextLevel[]): TextLevel[] {
  const old = new Map(before), left = new Set(now.map(([price]) => price));
  const gone = before.filter(([price]) => !left.has(price)).map(([price]): TextLevel => [price, "0"]);
  return [...now.filter(([price, size]) => old.get(price) !== size), ...gone];
}
