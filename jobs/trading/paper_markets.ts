// Markets whose prices follow from a seed: those of paper trading, and the same again for whoever runs a session anew.
import { SeededMarket } from "../../engine/exchanges/mod.ts";
import { DAY_MS, timestampMs } from "../../engine/time/mod.ts";

const HISTORY_DAYS = 30;
/** First prices, quote units; others begin at 100. */
const START_PRICES: Readonly<Record<string, number>> = { "BTC/USDT": 60_000, "ETH/USDT": 3_000, "SOL/USDT": 150 };

/** Markets with a month of history before the moment at which their exchange begins. */
export function paperMarkets(symbols: readonly string[], seed: number, beginsMs: number): SeededMarket[] {
  const listedAtMs = timestampMs(Math.floor(beginsMs / DAY_MS - HISTORY_DAYS) * DAY_MS);
  return symbols.map((symbol) =>
    new SeededMarket({ symbol, seed, listedAtMs, startPrice: START_PRICES[symbol] ?? 100 })
  );
}
