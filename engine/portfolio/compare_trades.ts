import { barOpen, type Timeframe, type TimestampMs } from "../time/mod.ts";
import type { Trade } from "./trade.ts";

/** Two runs of one strategy, trade by trade: entries in one candle of the timeframe are the same trade. */
export interface TradeDifference {
  /** Null where only the other run has the trade. */
  readonly left: Trade | null;
  readonly right: Trade | null;
  /** What differs of a trade that both have: side, quantity, prices, reasons, the candle of the exit. */
  readonly fields: readonly string[];
}

const COMPARED = ["side", "quantity", "entryPrice", "exitPrice", "entryReason", "exitReason"] as const;

/** The trades of two runs that are not the same, in order of their entry; fees and profit follow from what is compared. */
export function compareTrades(
  left: readonly Trade[],
  right: readonly Trade[],
  timeframe: Timeframe,
): TradeDifference[] {
  const waiting = new Map<string, Trade[]>();
  const key = (trade: Trade) =>
    `${trade.instrument} ${trade.strategy} ${barOpen(timeframe, trade.entryTimeMs as TimestampMs)}`;
  for (const trade of right) waiting.set(key(trade), [...waiting.get(key(trade)) ?? [], trade]);
  const differences: TradeDifference[] = [];
  for (const trade of left) {
    const other = waiting.get(key(trade))?.shift() ?? null;
    const fields = other === null ? [] : differingFields(trade, other, timeframe);
    if (other === null || fields.length > 0) differences.push({ left: trade, right: other, fields });
  }
  for (const rest of waiting.values()) {
    for (const trade of rest) differences.push({ left: null, right: trade, fields: [] });
  }
  const entryOf = ({ left, right }: TradeDifference) => (left ?? right)!.entryTimeMs;
  return differences.sort((a, b) => entryOf(a) - entryOf(b));
}

function differingFields(left: Trade, right: Trade, timeframe: Timeframe): string[] {
  const exit = (trade: Trade) => barOpen(timeframe, trade.exitTimeMs as TimestampMs);
  return [
    ...COMPARED.filter((name) => left[name] !== right[name]),
    ...(exit(left) === exit(right) ? [] : ["exitTimeMs"]),
  ];
}
