import { MINUTE_MS, type TimestampMs } from "../../time/mod.ts";
import type { LoopbackMarket } from "./loopback_market.ts";

/** A trade between others on the market. */
export interface PublicTrade {
  readonly id: number;
  readonly timeMs: TimestampMs;
  readonly price: number;
  /** Base units. */
  readonly quantity: number;
  /** The taker's. */
  readonly side: "buy" | "sell";
}

/** One trade for each minute that was traded in, at its close: of so many minutes from a number of minutes since 1970 on. */
export function publicTrades(market: LoopbackMarket, firstMinute: number, minutes: number): PublicTrade[] {
  return Array.from({ length: minutes }, (_, i) => market.minute((firstMinute + i) * MINUTE_MS))
    .filter((minute) => minute !== null)
    .map(({ openTimeMs, open, close, volume }) => ({
      id: openTimeMs / MINUTE_MS,
      timeMs: openTimeMs + MINUTE_MS - 1 as TimestampMs,
      price: close,
      quantity: volume,
      side: close < open ? "sell" : "buy",
    }));
}

/** Number of the last minute that is over. */
export function lastWholeMinute(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) - 1;
}
