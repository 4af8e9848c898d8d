import { AMOUNT_DECIMALS, decimalToNumber, notionalToNumber, priceToNumber, quantityToNumber } from "../money/mod.ts";
import type { Fill, PriceBasis } from "../orders/mod.ts";
import { feeInQuote } from "../portfolio/mod.ts";

/** One execution of a run, as files hold it: float64 made from exact figures, prices and worth in quote units. */
export interface RunFill {
  readonly tradeId: string;
  readonly clientOrderId: string;
  readonly instrument: string;
  /** Open time of the candle in which it filled (the moment itself where the venue or a stated path tells it). */
  readonly timeMs: number;
  readonly side: "buy" | "sell";
  readonly liquidity: "maker" | "taker";
  readonly quantity: number;
  readonly price: number;
  /** Price before slippage and the tick. */
  readonly referencePrice: number;
  /** The rule that set it. */
  readonly rule: string;
  /** In units of its asset. */
  readonly fee: number;
  readonly feeAsset: string;
  /** The fee's worth at the fill. */
  readonly feeQuote: number;
}

/** A fill as files hold it. */
export function runFill(fill: Fill, { rule, unslipped }: PriceBasis): RunFill {
  return {
    tradeId: fill.tradeId,
    clientOrderId: fill.clientOrderId,
    instrument: fill.instrument,
    timeMs: fill.timeMs,
    side: fill.side,
    liquidity: fill.liquidity,
    quantity: quantityToNumber(fill.quantity),
    price: priceToNumber(fill.price),
    referencePrice: unslipped,
    rule,
    fee: decimalToNumber(fill.fee, AMOUNT_DECIMALS),
    feeAsset: fill.feeAsset,
    feeQuote: notionalToNumber(feeInQuote(fill)),
  };
}
