import { InputError } from "../../errors/mod.ts";
import { type CandleColumns, rowAfter } from "../../market/mod.ts";
import { formatDecimal, formatPrice } from "../../money/mod.ts";
import { MINUTE_MS, type TimestampMs } from "../../time/mod.ts";
import type { LoopbackMarket } from "./loopback_market.ts";

/**
 * A market that does what one did before.
 *
 * @throws {InputError} `exchange-candles` for candles that are no minutes, or none at all.
 */
export function recordedMarket(candles: CandleColumns): LoopbackMarket {
  const { instrument, timeframe, length, openTimeMs, open, high, low, close, volume } = candles;
  if (timeframe !== "1m" || length === 0) {
    throw new InputError(
      "exchange-candles",
      `the exchange trades minutes: it cannot trade ${length} candles of ${timeframe}`,
    );
  }
  return {
    symbol: instrument.symbol,
    tick: formatPrice(instrument.tick),
    lot: formatDecimal(instrument.lot, 12),
    minNotional: "5",
    listedAtMs: openTimeMs[0] as TimestampMs,
    endsAtMs: openTimeMs[length - 1]! + MINUTE_MS,
    minute(time) {
      const row = rowAfter(openTimeMs, time) - 1;
      if (row < 0 || openTimeMs[row] !== time) return null;
      return {
        openTimeMs: time as TimestampMs,
        open: open[row]!,
        high: high[row]!,
        low: low[row]!,
        close: close[row]!,
        volume: volume[row]!,
      };
    },
  };
}
