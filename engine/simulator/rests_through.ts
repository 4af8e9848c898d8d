import type { SimulatedOrder } from "./simulated_order.ts";
import type { TradedCandles } from "./traded_candles.ts";

/**
 * True when an order rests so far from a candle that trading the candle cannot touch it in any way, which is by far the
 * most candles of a position between its stop and its target: then the order has met the candle, and that is all. False
 * where this is not certain at a glance.
 */
export function restsThrough(order: SimulatedOrder, candles: TradedCandles, row: number): boolean {
  const { kind, side, terms: { expiresAtMs, timeInForce } } = order.intent;
  if (order.state !== "open" || kind === "market" || kind === "trailing-stop" || order.triggered) return false;
  if (timeInForce !== "GTC") return false; // it ends where it cannot trade
  const openTimeMs = candles.openTimeMs[row]!;
  if (order.activeFromMs > openTimeMs || order.cancelledFromMs !== Infinity || order.movesTo !== null) return false;
  if (expiresAtMs !== null && expiresAtMs < candles.closeTimeMs) return false;
  const liesBelow = (side === "sell") === (kind === "stop" || kind === "stop-limit");
  if (!(liesBelow ? candles.low[row]! > order.price : candles.high[row]! < order.price)) return false;
  if (order.metFromMs !== order.metFromMs) order.metFromMs = openTimeMs;
  order.takesAtFirst = false;
  return true;
}
