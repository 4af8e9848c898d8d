import type { InstrumentId } from "../market/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/**
 * One FIFO pair of an opening and a closing lot, as reports show it. Figures are float64 made from exact fills, in quote
 * units unless the name says otherwise; `fees` holds both sides, valued in the quote asset at the fill price.
 */
export interface Trade {
  readonly instrument: InstrumentId;
  /** Id of the strategy that opened it. */
  readonly strategy: string;
  readonly side: "long" | "short";
  /** Open time of the candle in which the entry filled (the moment itself where the venue or a stated path tells it). */
  readonly entryTimeMs: TimestampMs;
  readonly exitTimeMs: TimestampMs;
  /** Base units held, above zero, net of a fee taken in the base asset. */
  readonly quantity: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** What was bought and sold, in the settlement asset, of contracts where that is not quantity × price. */
  readonly turnover?: number;
  readonly fees: number;
  /** Funding and interest paid while it was open, less what was received, where there was any. */
  readonly funding?: number;
  readonly interest?: number;
  /**
   * Value at the exit − value at the entry − fees − funding − interest, in the settlement asset; see `valueOf` of the
   * module market.
   */
  readonly pnl: number;
  /** pnl ÷ size at the entry. */
  readonly returnFraction: number;
  /** Why it was opened: the strategy's tag, `enter` when it gave none. */
  readonly entryReason: string;
  /** Why it was closed: `exit`, `stop`, `target`, a strategy's tag, or `end` when the data ran out. */
  readonly exitReason: string;
  /** Worst unrealised return while it was open, ≤ 0, from candle extremes against the entry price. */
  readonly maeFraction: number;
  /** Best unrealised return while it was open, ≥ 0. */
  readonly mfeFraction: number;
  /** Candles of the run's timeframe from entry to exit; 0 when both lie in one candle. */
  readonly bars: number;
}

/** An opening lot that no exit has closed when the run ends, at the last close. */
export interface OpenTrade extends Pick<Trade, "instrument" | "strategy" | "side" | "entryTimeMs" | "quantity"> {
  readonly entryPrice: number;
  /** As of a closed trade, for the entry alone. */
  readonly turnover?: number;
  /** Last close, quote units. */
  readonly markPrice: number;
  /** Of the entry alone. */
  readonly fees: number;
  readonly funding?: number;
  readonly interest?: number;
  /** Value at the mark − value at the entry − fees and charges: what closing at the mark without a fee would bring. */
  readonly pnl: number;
  readonly entryReason: string;
}
