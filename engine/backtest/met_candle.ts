import { type Candle, candleAt, type CandleColumns, rowAtOrAfter } from "../market/mod.ts";
import type { PriceRule } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/** The candle in which an order filled: one of the run's own, or of the finer ones where orders meet those. */
export interface MetCandle extends Candle {
  readonly timeframe: string;
}

/** The candles that orders of an instrument meet, among those of a run: the finest. */
export function metCandles(used: readonly CandleColumns[], instrument: string): CandleColumns {
  // Finer ones come after the run's own.
  return used.findLast((own) => own.instrument.id === instrument && own.length > 0)!;
}

/** The candle of a fill. */
export function metCandle(met: CandleColumns, timeMs: TimestampMs, rule: PriceRule): MetCandle {
  // A fill at a close happens at the moment at which its candle has ended.
  const atClose = rule === "this-close" || rule === "previous-close";
  const row = Math.max(0, rowAtOrAfter(met, (atClose ? timeMs : timeMs + 1) as TimestampMs) - 1);
  return { ...candleAt(met, row), timeframe: met.timeframe };
}
