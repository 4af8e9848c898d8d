import type { TimestampMs } from "../../time/mod.ts";

/** One minute of a market; numbers on its grid. */
export interface MinuteCandle {
  readonly openTimeMs: TimestampMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units. */
  readonly volume: number;
}

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
  /** The minute that opens at a moment; null where nothing was traded in it. */
  minute(openTimeMs: number): MinuteCandle | null;
}

export const MINUTE_MS = 60_000;
