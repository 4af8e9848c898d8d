// Test support only: a trader that is written down and read back again and again.
import type { ReplayObserver } from "../backtest/mod.ts";
import { restoreTrader, saveTrader } from "../trader/mod.ts";

/** Replaces the trader of a replay, after every `every`th candle group, by what its saved text gives back. */
export function restarts(every: number): ReplayObserver & { count: number } {
  let groups = 0;
  const observer = {
    count: 0,
    decided(trader: Parameters<NonNullable<ReplayObserver["decided"]>>[0]): boolean {
      if (++groups % every !== 0) return true;
      observer.count++;
      Object.assign(trader, restoreTrader(trader.config, saveTrader(trader)));
      return true;
    },
  };
  return observer;
}
