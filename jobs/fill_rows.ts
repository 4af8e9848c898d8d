// Executions as rows of a CSV file and of a document, in exact figures.
import { settlementAsset, valueOf } from "../engine/market/mod.ts";
import { AMOUNT_DECIMALS, formatDecimal, UNIT_DECIMALS } from "../engine/money/mod.ts";
import { formatTimestamp } from "../engine/time/mod.ts";
import type { Cell } from "./csv_text.ts";
import type { RecordedFills } from "./recorded_fills.ts";

/** Columns of {@linkcode fillRows}; `fee_worth` is that of a fee in a third asset, in the quote asset. */
export const FILL_HEAD = [
  "time",
  "market",
  "side",
  "quantity",
  "price",
  "value",
  "settlement_asset",
  "fee",
  "fee_asset",
  "fee_worth",
  "liquidity",
  "trade_id",
  "order_id",
] as const;

/** A row an execution, in the order of the fills; what it was worth has no sign. */
export function fillRows({ fills, markets }: RecordedFills): Cell[][] {
  return fills.map((fill): Cell[] => {
    const market = markets.get(fill.instrument)!, value = valueOf(market, fill.price, fill.quantity);
    return [
      formatTimestamp(fill.timeMs),
      fill.instrument,
      fill.side,
      formatDecimal(fill.quantity, UNIT_DECIMALS),
      formatDecimal(fill.price, UNIT_DECIMALS),
      formatDecimal(value < 0n ? -value : value, AMOUNT_DECIMALS),
      settlementAsset(market),
      formatDecimal(fill.fee, AMOUNT_DECIMALS),
      fill.feeAsset,
      fill.feeWorthQuote === undefined ? null : formatDecimal(fill.feeWorthQuote, AMOUNT_DECIMALS),
      fill.liquidity,
      fill.tradeId,
      fill.clientOrderId,
    ];
  });
}
