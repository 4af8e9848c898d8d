import type { Outcome } from "../../errors/mod.ts";
import { shiftBars, type Timeframe, type TimestampMs } from "../../time/mod.ts";
import type { Exchange, VenueCandle } from "../exchange.ts";
import { tradedCandles } from "./traded_candles.ts";

/** Candles made of trades are asked for in few at a time: each may be thousands of trades. */
const TRADED_CANDLES = 15;

/** Which page is wanted. */
export interface PageQuery {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly fromMs: TimestampMs;
  /** Where the stretch ends; a page may end before. */
  readonly toMs: TimestampMs;
}

/** Candles up to a moment: what is absent before it is absent there. */
export interface CandlePage {
  readonly rows: readonly VenueCandle[];
  readonly toMs: TimestampMs;
}

/** One page of a venue's candles, or of candles made of its trades. */
export async function candlePage(
  exchange: Exchange,
  { symbol, timeframe, fromMs, toMs }: PageQuery,
  source: "candles" | "trades",
): Promise<Outcome<CandlePage>> {
  const limit = source === "trades" ? TRADED_CANDLES : exchange.capabilities.candlesPerRequest;
  const end = Math.min(toMs, shiftBars(timeframe, fromMs, limit)) as TimestampMs;
  const query = { symbol, timeframe, fromMs, toMs: end };
  const outcome = await (source === "trades" ? tradedCandles(exchange, query) : exchange.candles({ ...query, limit }));
  return outcome.kind === "done" ? { kind: "done", value: { rows: outcome.value, toMs: end } } : outcome;
}
