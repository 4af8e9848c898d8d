import { type CandleColumns, rowAtOrAfter } from "../market/mod.ts";
import type { RecordedFill } from "../orders/mod.ts";
import { barClose, type TimestampMs } from "../time/mod.ts";
import { fitSlippage, type ObservedSlippage } from "./slippage_fit.ts";
import { slippageOf, type SlippageSpec } from "./slippage.ts";

const BPS_PER_ONE = 10_000;

/** A slippage model from recorded fills, and how well it describes them. */
export interface SlippageFit {
  /** For the `slippage` of a backtest, on candles of the same timeframe. */
  readonly slippage: SlippageSpec;
  /** Fills that the fit stands on, and those left out: makers, and fills without a candle that traded. */
  readonly fills: number;
  readonly leftOut: number;
  /** What the fills slipped on average, basis points of the price. */
  readonly meanBps: number;
  /** Root of the mean square of what the model leaves unexplained, basis points. */
  readonly residualBps: number;
}

/**
 * Fits the square-root model to recorded fills. How much worse a fill was counts from its reference price; without one,
 * from the open of its candle, where a market order that was decided at the close before would have filled.
 *
 * @param candles Of the market that was traded: their volume and range are what the model measures by.
 * @throws {InputError} `slippage` when fewer than two fills, or fills of one size only, are left.
 */
export function slippageFromFills(fills: readonly RecordedFill[], candles: CandleColumns): SlippageFit {
  const observed = fills.flatMap((fill) => observedIn(fill, candles));
  const slippage = fitSlippage(observed), { model } = slippageOf(slippage);
  const square = observed.reduce((sum, own) => sum + (own.fraction - model(own)) * (own.fraction - model(own)), 0);
  return {
    slippage,
    fills: observed.length,
    leftOut: fills.length - observed.length,
    meanBps: observed.reduce((sum, { fraction }) => sum + fraction, 0) / observed.length * BPS_PER_ONE,
    residualBps: Math.sqrt(square / observed.length) * BPS_PER_ONE,
  };
}

/** The fill beside its candle; none where it says nothing of slippage. */
function observedIn(fill: RecordedFill, candles: CandleColumns): ObservedSlippage[] {
  const row = rowAtOrAfter(candles, fill.timeMs + 1 as TimestampMs) - 1;
  if (fill.liquidity === "maker" || row < 0 || !(candles.volume[row]! > 0)) return [];
  const openTimeMs = candles.openTimeMs[row] as TimestampMs;
  if (fill.timeMs >= barClose(candles.timeframe, openTimeMs)) return [];
  const reference = fill.referencePrice ?? candles.open[row]!;
  const worse = (fill.price - reference) / reference;
  return [{
    quantity: fill.quantity,
    high: candles.high[row]!,
    low: candles.low[row]!,
    volume: candles.volume[row]!,
    fraction: fill.side === "buy" ? worse : -worse,
  }];
}
