import type { Candle } from "../../market/mod.ts";
import { type Price, price, priceFromNumber, priceToNumber } from "../../money/mod.ts";
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
  const passed = path.filter((_, turn) => turn === 0 || TURNS[turn - 1]! <= share);
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
function pathOf({ open, high, low, close }: Candle): readonly number[] {
  return high - open < open - low ? [open, high, low, close] : [open, low, high, close];
}

/** Ticks of markets: prices inside a minute are asked for all the time. */
const ticks = new WeakMap<LoopbackMarket, Price>();

function tickOf(market: LoopbackMarket): Price {
  let tick = ticks.get(market);
  if (tick === undefined) ticks.set(market, tick = price(market.tick));
  return tick;
}

/** The price after a share of a minute, on the tick. */
export function priceAt(market: LoopbackMarket, minute: Candle, share: number): number {
  if (share <= 0) return minute.open;
  const next = TURNS.findIndex((at) => at >= share);
  if (next < 0) return minute.close;
  const path = pathOf(minute), from = path[next]!, fromAt = next === 0 ? 0 : TURNS[next - 1]!;
  const between = from + (path[next + 1]! - from) * (share - fromAt) / (TURNS[next]! - fromAt);
  return priceToNumber(priceFromNumber(between, tickOf(market), "nearest"));
}
