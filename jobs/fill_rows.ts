// Executions as rows of a CSV file and of a document, in exact figures, and as a table of text.
import { settlementAsset, valueOf } from "../engine/market/mod.ts";
import { AMOUNT_DECIMALS, formatDecimal, UNIT_DECIMALS } from "../engine/money/mod.ts";
import { isFeeUnvalued } from "../engine/portfolio/mod.ts";
import { formatTimestamp } from "../engine/time/mod.ts";
import type { Cell } from "./csv_text.ts";
import { table } from "./output.ts";
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
      fill.feeWorthQuote === undefined || isFeeUnvalued(fill)
        ? null
        : formatDecimal(fill.feeWorthQuote, AMOUNT_DECIMALS),
      fill.liquidity,
      fill.tradeId,
      fill.clientOrderId,
    ];
  });
}

/** How many rows a terminal shows. */
export const MOST_SHOWN = 40;

/** A figure for a terminal, to eight decimals. */
export function rounded(text: string): string {
  return String(Math.round(Number(text) * 1e8) / 1e8);
}

/** The newest executions for a terminal. */
export function fillsText(recorded: RecordedFills): string[] {
  if (recorded.fills.length === 0) return [];
  const newest = fillRows({ ...recorded, fills: recorded.fills.slice(-MOST_SHOWN) });
  const rows = newest.map(([time, market, side, quantity, price, value, _, fee, feeAsset, __, liquidity]) => [
    ...[`${time}`, `${market}`, `${side}`],
    ...[quantity, price, value, fee].map((own) => rounded(`${own}`)),
    ...[`${feeAsset}`, `${liquidity}`],
  ]);
  return [
    table(["time", "market", "side", "quantity", "price", "value", "fee", "fee asset", "liquidity"], rows),
    ...onlyNewest(recorded.fills.length),
  ];
}

/** What is said where a terminal does not show all rows. */
export function onlyNewest(count: number): string[] {
  return count > MOST_SHOWN ? [`the last ${MOST_SHOWN} are shown: --csv FILE writes all of them`] : [];
}
