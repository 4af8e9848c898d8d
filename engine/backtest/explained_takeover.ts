// What a venue did to a position on its own, as explanations show it.
import { candleAt, type CandleColumns, rowAtOrAfter } from "../market/mod.ts";
import { type Notional, notionalToNumber, priceToNumber, quantityToNumber } from "../money/mod.ts";
import type { Liquidation, PositionCharge } from "../orders/mod.ts";
import type { InstrumentFeed } from "../simulator/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { type MetCandle, metCandles } from "./met_candle.ts";

/** A liquidation in numbers; amounts in the settlement asset. */
export interface LiquidationFacts {
  readonly instrument: string;
  readonly timeMs: TimestampMs;
  /** Signed position that was closed. */
  readonly quantity: number;
  /** At which the account was settled, and the mark price that triggered it. */
  readonly price: number;
  readonly markPrice: number;
  readonly fee: number;
  /** What the insurance fund received (above 0) or paid. */
  readonly insurance: number;
}

/** A liquidation with the candle in which the mark price got there. */
export interface ExplainedLiquidation extends LiquidationFacts {
  readonly candle: MetCandle;
  /** What that candle is of: where a run has no mark prices, or a candle of them is missing, the trades stand in. */
  readonly candleOf: "mark" | "trades";
}

/** Funding or interest that a position paid, or received where the amount is below 0; in the settlement asset. */
export interface ExplainedCharge {
  readonly what: PositionCharge["what"];
  /** Signed position that it was charged on. */
  readonly quantity: number;
  readonly rate: number;
  readonly markPrice: number;
  readonly amount: number;
}

/** A liquidation in numbers. */
export function liquidationFacts(own: Liquidation): LiquidationFacts {
  return {
    instrument: own.instrument,
    timeMs: own.timeMs,
    quantity: quantityToNumber(own.position),
    price: priceToNumber(own.price),
    markPrice: own.mark,
    fee: notionalToNumber(own.fee as bigint as Notional),
    insurance: notionalToNumber(own.insurance),
  };
}

/** A charge in numbers. */
export function explainedCharge({ what, position, rate, mark, amount }: PositionCharge): ExplainedCharge {
  return { what, quantity: quantityToNumber(position), rate, markPrice: mark, amount: notionalToNumber(amount) };
}

/**
 * A liquidation with its candle.
 *
 * @param used Candles of the run, finer ones after its own; `feeds` one per instrument number.
 */
export function explainedLiquidation(
  own: Liquidation,
  used: readonly CandleColumns[],
  feeds: readonly InstrumentFeed[] = [],
): ExplainedLiquidation {
  const facts = liquidationFacts(own), met = metCandles(used, own.instrument);
  const marks = feeds.find(({ mark }) => mark?.instrument.id === own.instrument)?.mark ?? null;
  return { ...facts, ...pricesOf(met, lastRowBy(met, own.candleMs ?? own.timeMs), marks) };
}

/** The candle that decided in a row of the traded ones: that of the mark price, where there is one of that time. */
function pricesOf(met: CandleColumns, row: number, marks: CandleColumns | null) {
  const timeMs = met.openTimeMs[row] as TimestampMs, marked = marks === null ? -1 : lastRowBy(marks, timeMs);
  return marked >= 0 && marks!.openTimeMs[marked] === timeMs
    ? { candle: { ...candleAt(marks!, marked), timeframe: marks!.timeframe as string }, candleOf: "mark" as const }
    : { candle: { ...candleAt(met, row), timeframe: met.timeframe as string }, candleOf: "trades" as const };
}

/** The last candle that opened by a time; -1 where there is none. */
function lastRowBy(candles: CandleColumns, timeMs: TimestampMs): number {
  return rowAtOrAfter(candles, (timeMs + 1) as TimestampMs) - 1;
}
