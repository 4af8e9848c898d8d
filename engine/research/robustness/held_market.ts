// What holding the markets would have brought over the same candles: the alternative that costs no work.
import { type CandleColumns, rowAfter } from "../../market/mod.ts";
import { cagr, dailyReturns, drawdownColumn, elementary, type Figure, maxDrawdown, sharpe } from "../../metrics/mod.ts";
import { barClose, type TimestampMs, YEAR_MS } from "../../time/mod.ts";

/** An account that holds, at each close of the first market. */
export interface HeldCurve {
  readonly closeTimeMs: Float64Array;
  readonly equity: Float64Array;
}

/** What holding came to. */
export interface HeldFigures {
  readonly totalReturnFraction: number;
  readonly cagrFraction: Figure;
  readonly sharpe: Figure;
  readonly maxDrawdownFraction: number;
}

/**
 * Buys all markets in equal parts at the open after the first close on which a strategy may decide, and holds them to the
 * end. Spot without leverage; contracts are held as their price moves.
 *
 * @param candles Of each market, of one timeframe.
 * @param costFraction Fee and slippage of the purchase.
 */
export function heldCurve(
  candles: readonly CandleColumns[],
  tradeFromMs: number,
  cash: number,
  costFraction: number,
): HeldCurve {
  const [first] = candles as [CandleColumns];
  let from = 0;
  while (from < first.length && first.openTimeMs[from]! < tradeFromMs) from++;
  const rows = first.length - from, equity = new Float64Array(rows), closeTimeMs = new Float64Array(rows);
  for (let i = 0; i < rows; i++) closeTimeMs[i] = barClose(first.timeframe, first.openTimeMs[from + i]! as TimestampMs);
  for (const own of candles) addHeld(equity, closeTimeMs, own, tradeFromMs, cash / candles.length, costFraction);
  return { closeTimeMs, equity };
}

function addHeld(
  equity: Float64Array,
  closeTimeMs: Float64Array,
  { openTimeMs, open, close, length }: CandleColumns,
  tradeFromMs: number,
  cash: number,
  costFraction: number,
): void {
  let row = 0;
  while (row < length && openTimeMs[row]! < tradeFromMs) row++;
  // The first candle is seen at its close; the purchase fills at the open of the next.
  const bought = row + 1, units = bought < length ? cash * (1 - costFraction) / open[bought]! : 0;
  for (let i = 0; i < equity.length; i++) {
    while (row + 1 < length && openTimeMs[row + 1]! < closeTimeMs[i]!) row++;
    equity[i] = equity[i]! + (row < bought ? cash : units * close[row]!);
  }
}

/** The figures of a held curve, as those of a run are defined. */
export function heldFigures(curve: HeldCurve, cash: number): HeldFigures {
  const { returns } = dailyReturns(curve, cash);
  return {
    totalReturnFraction: (curve.equity.at(-1) ?? cash) / cash - 1,
    cagrFraction: cagr(returns),
    sharpe: sharpe(returns),
    maxDrawdownFraction: maxDrawdown(drawdownColumn(curve.equity, cash)) ?? 0,
  };
}

/** Return a year of holding between two moments; null where the curve does not reach over them. */
export function heldCagr({ closeTimeMs, equity }: HeldCurve, fromMs: number, toMs: number): Figure {
  const from = rowAfter(closeTimeMs, fromMs), to = rowAfter(closeTimeMs, toMs);
  if (from === 0 || to <= from || closeTimeMs[to - 1]! < toMs) return null;
  return elementary.pow(equity[to - 1]! / equity[from - 1]!, YEAR_MS / (toMs - fromMs)) - 1;
}
