import { type CandleColumns, rowAtOrAfter } from "../market/mod.ts";
import type { AmbiguousExit, Trade } from "../portfolio/mod.ts";
import type { AmbiguousFill } from "../simulator/mod.ts";
import { strategyIdOf, type TraderConfig } from "../trader/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/** The simulator's ambiguous fills as reports list them: with their candle and with the trade that they closed. */
export function ambiguousExits(
  fills: readonly AmbiguousFill[],
  { books }: TraderConfig,
  candles: readonly CandleColumns[],
  trades: readonly Trade[],
): AmbiguousExit[] {
  return fills.map(({ timeMs, filledMs, instrument, book }): AmbiguousExit => {
    const market = candles[instrument]!, strategy = strategyIdOf(books[book]!);
    const row = rowAtOrAfter(market, timeMs + 1 as TimestampMs) - 1;
    const closed = trades.find((trade) =>
      trade.exitTimeMs === filledMs && trade.instrument === market.instrument.id && trade.strategy === strategy
    );
    return {
      timeMs,
      instrument: market.instrument.id,
      strategy,
      low: market.low[row]!,
      high: market.high[row]!,
      exitReason: closed?.exitReason ?? null,
      exitPrice: closed?.exitPrice ?? null,
      enteredInCandle: closed !== undefined && closed.entryTimeMs >= timeMs,
    };
  });
}
