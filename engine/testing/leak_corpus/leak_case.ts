// Test support only: strategies and pipelines that leak, and others that look as if they did, for the leak finder.
import type { CandleColumns, FundingColumns } from "../../market/mod.ts";
import type { Feed, LeakKind, Pipeline } from "../../research/mod.ts";
import type { Strategy } from "../../strategies/mod.ts";
import { leakCandles } from "../leak_candles.ts";

/** One case of the corpus. */
export interface LeakCase {
  /** What it does, in a few words. */
  readonly says: string;
  /** The report of a user that it is modelled on, where there is one. */
  readonly report?: string;
  /** The part at fault, as kind and name; null where nothing is. */
  readonly culprit: readonly [kind: LeakKind, name: string] | null;
  /** How far ahead it looks, where that is one number of candles. */
  readonly lookAhead?: number;
  /** The subject, or a function that makes it of the candles where it is handed over as one. */
  readonly subject: Strategy | Pipeline | ((candles: CandleColumns) => Strategy | Pipeline);
  /** What it is looked for in: {@linkcode BTC} alone unless stated. */
  readonly history?: readonly CandleColumns[];
  readonly funding?: FundingColumns;
  readonly feeds?: Readonly<Record<string, Feed>>;
}

/** Candles of an hour, a few of them missing, a few without trade. */
export const BTC: CandleColumns = leakCandles("BTC/USD", 900, 11);
export const ETH: CandleColumns = leakCandles("ETH/USD", 900, 12);
/** A market that begins late, and one that ends early. */
export const NEW: CandleColumns = leakCandles("NEW/USD", 300, 13, "1h", 600);
export const DEAD: CandleColumns = leakCandles("DEAD/USD", 400, 14);

export const HOUR_MS = 3_600_000;
