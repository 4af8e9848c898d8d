import type { CandleColumns, CandleQuery } from "../../market/mod.ts";
import type { TimestampMs } from "../../time/mod.ts";

/** Who gave candles, and why they were asked for. */
export interface CandleOrigin {
  readonly provider: string;
  readonly how: "fetch" | "repair" | "trades";
  /** All that it has was asked for in this stretch, so what is absent in it is absent there. */
  readonly askedFromMs: TimestampMs;
  readonly askedToMs: TimestampMs;
}

/** Where a download puts candles, and learns which ones it need not ask for: the lake. */
export interface CandleStore {
  /** Candles that are kept; none is no error. */
  kept(query: CandleQuery): Promise<CandleColumns>;
  /** Stretches of open times that a provider has been asked for before, sorted. */
  asked(query: CandleQuery, provider: string): Promise<readonly TimeSpan[]>;
  store(candles: CandleColumns, origin: CandleOrigin): Promise<void>;
  /** Keeps what a venue tells otherwise now beside the original, with the provider and the moment; how many were new. */
  recordRevisions(revised: CandleColumns, provider: string, seenAtMs: TimestampMs): Promise<number>;
}

/** Open times from … to, the latter not included. */
export interface TimeSpan {
  readonly fromMs: TimestampMs;
  readonly toMs: TimestampMs;
}
