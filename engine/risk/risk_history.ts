import { type ClosedLot, returnFractionOf } from "../portfolio/mod.ts";
import { DAY_MS, type TimestampMs } from "../time/mod.ts";
import type { ReturnWindow } from "./return_window.ts";

/** A trade that was closed, as far as limits look at it. */
export interface ClosedTrade {
  readonly book: number;
  /** Number of the candle group in which it closed. */
  readonly candle: number;
  /** True when its stop closed it. */
  readonly stopped: boolean;
  readonly lot: ClosedLot;
  /** Profit of the lot after both fees ÷ its cost. */
  readonly returnFraction: number;
}

/** What limits have to know of the past of an account. Plain data: it is saved with the trader's state. */
export interface RiskHistory {
  /** Candle groups so far. */
  candles: number;
  /** Start of the day, 00:00 UTC, in which the account is. */
  dayStartMs: TimestampMs;
  /** Equity at 00:00 UTC: at the last close by then; on the first day, the cash. */
  equityAtDayStart: number;
  entriesToday: number;
  /** Highest equity at a close, or the cash at the start. */
  peakEquity: number;
  /** Returns of each instrument, where a limit looks at them. */
  readonly returns: ReturnWindow | null;
  /** The last trades that closed, oldest first; at most {@linkcode REMEMBERED_TRADES}. */
  readonly closed: ClosedTrade[];
}

/** How many closed trades limits can look back on. */
export const REMEMBERED_TRADES = 512;

/** The history of an account that has only cash. */
export function newHistory(cash: number, returns: ReturnWindow | null = null): RiskHistory {
  return {
    candles: 0,
    dayStartMs: -Infinity as TimestampMs,
    equityAtDayStart: cash,
    entriesToday: 0,
    peakEquity: cash,
    returns,
    closed: [],
  };
}

/**
 * Notes the equity at the close of a candle group. What is decided at 00:00 belongs to the day that begins.
 *
 * @param equityBefore Equity at the close before.
 */
export function noteClose(
  history: RiskHistory,
  closeTimeMs: TimestampMs,
  equityBefore: number,
  equity: number,
): void {
  history.candles++;
  if (closeTimeMs >= history.dayStartMs + DAY_MS) {
    history.dayStartMs = Math.floor(closeTimeMs / DAY_MS) * DAY_MS as TimestampMs;
    history.equityAtDayStart = closeTimeMs === history.dayStartMs ? equity : equityBefore;
    history.entriesToday = 0;
  }
  if (equity > history.peakEquity) history.peakEquity = equity;
}

/** Notes a trade that has closed. */
export function noteTrade(history: RiskHistory, trade: Omit<ClosedTrade, "returnFraction">): void {
  history.closed.push({ ...trade, returnFraction: returnFractionOf(trade.lot) });
  if (history.closed.length > REMEMBERED_TRADES) history.closed.shift();
}
