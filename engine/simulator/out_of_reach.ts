import type { SimulatedOrder } from "./simulated_order.ts";
import type { TradedCandles } from "./traded_candles.ts";

/**
 * True when an order rests so far from a candle that trading the candle cannot touch it in any way: by far the most
 * candles of a position between its stop and its target. False where that is not certain at a glance.
 */
export function isOutOfReach(order: SimulatedOrder, candles: TradedCandles, row: number): boolean {
  const { kind, side, terms: { expiresAtMs } } = order.intent;
  if (order.state !== "open" || kind === "market" || kind === "trailing-stop" || order.triggered) return false;
  const openTimeMs = candles.openTimeMs[row]!;
  // The first candle is where an order that crosses the market takes, and where its time begins.
  if (order.metFromMs !== order.metFromMs || order.activeFromMs > openTimeMs) return false;
  if (order.cancelledFromMs !== Infinity || order.movesTo !== null) return false;
  if (expiresAtMs !== null && expiresAtMs < candles.closeTimeMs) return false;
  const liesBelow = (side === "sell") === (kind === "stop" || kind === "stop-limit");
  return liesBelow ? candles.low[row]! > order.price : candles.high[row]! < order.price;
}
