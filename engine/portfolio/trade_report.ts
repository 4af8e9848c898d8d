import {
  type CandleColumns,
  type Instrument,
  moveFraction,
  profitNumber,
  rowAfter,
  sizeNumber,
} from "../market/mod.ts";
import { addNotional, notionalToNumber, priceToNumber, quantityToNumber } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { type ClosedLot, type Lot, profitOf } from "./lots.ts";
import type { OpenTrade, Trade } from "./trade.ts";

/** Candles of the run's timeframe while a trade was open: for excursions and the count of bars. */
function rowsOf(candles: CandleColumns, lot: ClosedLot): { from: number; to: number } {
  return { from: lastRowAtOrBefore(candles, lot.entryTimeMs), to: lastRowAtOrBefore(candles, lot.exitTimeMs) };
}

/**
 * A closed lot as reports show it. Excursions come from the extremes of the candles from the entry's to the exit's,
 * both included, and so can overstate what was reachable in those two; the entry and exit prices bound them.
 */
export function tradeOf(lot: ClosedLot, market: Instrument, strategy: string, candles: CandleColumns): Trade {
  const direction = lot.quantity > 0n ? 1 : -1;
  const quantity = Math.abs(quantityToNumber(lot.quantity));
  const entryPrice = priceToNumber(lot.entryPrice), exitPrice = priceToNumber(lot.exitPrice);
  const pnl = notionalToNumber(profitOf(lot));
  const { from, to } = rowsOf(candles, lot);
  let high = Math.max(entryPrice, exitPrice), low = Math.min(entryPrice, exitPrice);
  for (let row = from; row <= to; row++) {
    if (candles.high[row]! > high) high = candles.high[row]!;
    if (candles.low[row]! < low) low = candles.low[row]!;
  }
  const up = moveFraction(market, entryPrice, high), down = moveFraction(market, entryPrice, low);
  return {
    instrument: market.id,
    strategy,
    side: direction > 0 ? "long" : "short",
    entryTimeMs: lot.entryTimeMs,
    exitTimeMs: lot.exitTimeMs,
    quantity,
    entryPrice,
    exitPrice,
    ...turnoverOf(market, quantity, [entryPrice, exitPrice]),
    fees: notionalToNumber(lot.feesQuote),
    ...chargesOf(lot),
    pnl,
    returnFraction: pnl / sizeNumber(market, entryPrice, quantity),
    entryReason: lot.entryReason,
    exitReason: lot.exitReason,
    maeFraction: Math.min(0, direction > 0 ? down : -up),
    mfeFraction: Math.max(0, direction > 0 ? up : -down),
    bars: to - from,
  };
}

/** An open lot as reports show it. */
export function openTradeOf(lot: Lot, market: Instrument, strategy: string, markPrice: number): OpenTrade {
  const direction = lot.quantity > 0n ? 1 : -1;
  const quantity = Math.abs(quantityToNumber(lot.quantity)), entryPrice = priceToNumber(lot.price);
  const fees = notionalToNumber(lot.feeQuote);
  return {
    instrument: market.id,
    strategy,
    side: direction > 0 ? "long" : "short",
    entryTimeMs: lot.timeMs,
    quantity,
    entryPrice,
    ...turnoverOf(market, quantity, [entryPrice]),
    markPrice,
    fees,
    ...chargesOf(lot),
    pnl: profitNumber(market, entryPrice, markPrice, direction * quantity) - fees -
      notionalToNumber(addNotional(lot.funding, lot.interest)),
    entryReason: lot.reason,
  };
}

/** Only what there was: most trades have none. */
function chargesOf({ funding, interest }: Pick<Lot, "funding" | "interest">): { funding?: number; interest?: number } {
  return {
    ...(funding === 0n ? {} : { funding: notionalToNumber(funding) }),
    ...(interest === 0n ? {} : { interest: notionalToNumber(interest) }),
  };
}

function turnoverOf(market: Instrument, quantity: number, prices: readonly number[]): { turnover?: number } {
  if (market.kind !== "inverse" && market.contractSizeNumber === 1) return {};
  return { turnover: prices.reduce((sum, price) => sum + sizeNumber(market, price, quantity), 0) };
}

function lastRowAtOrBefore(candles: CandleColumns, time: TimestampMs): number {
  return Math.max(0, rowAfter(candles.openTimeMs, time) - 1);
}
