import type { FillRules } from "./fill_rules/fill_rules.ts";
import type { LiveOrders } from "./live_orders.ts";
import { follow } from "./order_kinds.ts";
import type { TradedCandles } from "./traded_candles.ts";

/**
 * A candle has closed: trailing stops follow its best price, or where that may lie before them, its close; on a path they
 * have done so on the way.
 */
export function trailAtClose(
  orders: LiveOrders,
  candles: TradedCandles,
  row: number,
  { path, trailing }: FillRules,
): void {
  const close = candles.close[row]!;
  for (const order of orders.of(candles.instrument[row]!)) {
    const isNew = order.sinceInside || order.activeFromMs > candles.openTimeMs[row]!;
    order.takesAtFirst = false;
    order.sinceInside = false;
    if (order.intent.kind !== "trailing-stop" || order.activeFromMs >= candles.closeTimeMs) continue;
    if (path !== undefined || trailing !== undefined) continue;
    const best = order.intent.side === "sell" ? candles.high[row]! : candles.low[row]!;
    follow(order, isNew ? close : best);
  }
}
