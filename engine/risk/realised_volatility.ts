import { bollinger } from "../indicators/mod.ts";
import { close, type Series, shift } from "../series/mod.ts";
import { nominalLengthMs, type Timeframe, YEAR_MS } from "../time/mod.ts";

/**
 * Realised volatility of a market, annual: the sample deviation (ddof 1) of the last `lookbackCandles` returns
 * close ÷ close before − 1, times √(candles in 365 days). First value after `lookbackCandles` + 1 candles.
 */
export function realisedVolatility(lookbackCandles: number, timeframe: Timeframe): Series {
  const returns = close.div(shift(close, 1)).sub(1);
  const { upper, middle } = bollinger(returns, { length: lookbackCandles, deviationsUp: 1, deviationsDown: 1 });
  const unbiased = lookbackCandles / (lookbackCandles - 1), perYear = YEAR_MS / nominalLengthMs(timeframe);
  return upper.sub(middle).mul(Math.sqrt(unbiased * perYear));
}
