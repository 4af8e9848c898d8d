import type { Candle } from "../../market/mod.ts";
import type { TimestampMs } from "../../time/mod.ts";

/** A market that the loopback exchange offers: its grid, and what every minute of it is, the coming ones included. */
export interface LoopbackMarket {
  /** Base and quote, as in `BTC/USDT`. */
  readonly symbol: string;
  /** Decimal text. */
  readonly tick: string;
  readonly lot: string;
  readonly minNotional: string;
  /** Open of the first minute, and when it is delisted (Infinity: never). */
  readonly listedAtMs: TimestampMs;
  readonly endsAtMs: number;
  /** The minute that opens at a moment, its numbers on the grid; null where nothing was traded in it. */
  minute(openTimeMs: number): Candle | null;
}
