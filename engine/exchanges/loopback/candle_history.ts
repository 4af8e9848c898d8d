import type { Candle } from "../../market/mod.ts";
import { price, priceFromNumber, priceToNumber } from "../../money/mod.ts";
import { barClose, barOpen, MINUTE_MS, shiftBars, type Timeframe, type TimestampMs } from "../../time/mod.ts";
import type { LoopbackMarket } from "./loopback_market.ts";

/** A candle of any length, of whole minutes. */
export interface HistoryCandle extends Candle {
  readonly closeTimeMs: TimestampMs;
  /** Minutes with trades. */
  readonly minutes: number;
}

/** What the market had done by a moment, candle by candle; the last one may still be open. */
export function historyCandles(
  market: LoopbackMarket,
  timeframe: Timeframe,
  { fromMs, toMs, limit, nowMs }: { fromMs: number; toMs: number; limit: number; nowMs: number },
): HistoryCandle[] {
  const candles: HistoryCandle[] = [], end = Math.min(toMs, nowMs, market.endsAtMs - 1);
  let open = barOpen(timeframe, Math.max(fromMs, market.listedAtMs) as TimestampMs);
  if (open < fromMs) open = shiftBars(timeframe, open, 1);
  for (; open <= end && candles.length < limit; open = shiftBars(timeframe, open, 1)) {
    const candle = candleOf(market, timeframe, open, nowMs);
    if (candle !== null) candles.push(candle);
  }
  return candles;
}

/** The candle that opens at a moment, as far as it is known then; null while nothing was traded. */
export function candleOf(
  market: LoopbackMarket,
  timeframe: Timeframe,
  openMs: TimestampMs,
  nowMs: number,
): HistoryCandle | null {
  const closeTimeMs = barClose(timeframe, openMs);
  let open = NaN, high = -Infinity, low = Infinity, close = NaN, volume = 0, minutes = 0;
  for (let time: number = openMs; time < closeTimeMs && time <= nowMs; time += MINUTE_MS) {
    const minute = seenMinute(market, time, nowMs);
    if (minute === null) continue;
    if (minutes++ === 0) open = minute.open;
    high = Math.max(high, minute.high);
    low = Math.min(low, minute.low);
    close = minute.close;
    volume += minute.volume;
  }
  return minutes === 0 ? null : { openTimeMs: openMs, closeTimeMs, open, high, low, close, volume, minutes };
}

/** A minute as far as it has gone. */
function seenMinute(market: LoopbackMarket, openMs: number, nowMs: number): Candle | null {
  const minute = market.minute(openMs);
  if (minute === null || nowMs >= openMs + MINUTE_MS) return minute;
  const share = (nowMs - openMs) / MINUTE_MS, path = pathOf(minute), close = priceAt(market, minute, share);
  const passed = path.filter(({ at }) => at <= share).map(({ price }) => price);
  return {
    ...minute,
    high: Math.max(...passed, close),
    low: Math.min(...passed, close),
    close,
    volume: minute.volume * share,
  };
}

/** Shares of a minute at which its path turns, and its end. */
export const TURNS = [0.25, 0.7, 1] as const;

/** Where the market is inside a minute: from the open to the extreme that is nearer to it, to the other one, to the close. */
function pathOf({ open, high, low, close }: Candle): { readonly at: number; readonly price: number }[] {
  const [first, second] = high - open < open - low ? [high, low] : [low, high];
  return [{ at: 0, price: open }, ...[first, second, close].map((price, i) => ({ at: TURNS[i]!, price }))];
}

/** The price after a share of a minute, on the tick. */
export function priceAt({ tick }: LoopbackMarket, minute: Candle, share: number): number {
  const path = pathOf(minute);
  const next = path.findIndex(({ at }) => at >= share);
  if (next <= 0) return next === 0 ? minute.open : minute.close;
  const from = path[next - 1]!, to = path[next]!;
  const between = from.price + (to.price - from.price) * (share - from.at) / (to.at - from.at);
  return priceToNumber(priceFromNumber(between, price(tick), "nearest"));
}
