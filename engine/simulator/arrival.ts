import type { PriceBasis } from "../orders/mod.ts";
import type { Execution } from "./execution.ts";
import { isBeyondLimit, reachesLimit } from "./matching.ts";
import { ORDER_KINDS } from "./order_kinds.ts";
import type { SimulatedOrder } from "./simulated_order.ts";

/**
 * An order reaches the market inside a candle: what may not rest trades now or never, what adds liquidity must not trade
 * now, a market order and a limit beyond the market trade here.
 *
 * @param best Price of that moment, as good as it can be; as bad as it can be it is `worst`, at which the order trades.
 * Where the path is stated the two are one.
 * @param rule Why it trades at `worst`, where it is not for what its kind says.
 */
export function arrive(
  execution: Execution,
  order: SimulatedOrder,
  best: number,
  worst: number,
  rule: PriceBasis["rule"] | null = null,
): void {
  const { news, candles } = execution, { kind, side, terms } = order.intent;
  if (order.metFromMs !== order.metFromMs) order.metFromMs = order.activeFromMs;
  // Of an order whose time is up somewhere in the candle only the open would be certain.
  if (terms.expiresAtMs !== null && terms.expiresAtMs < candles!.closeTimeMs) {
    return news.end(order, "expired", "its time is up");
  }
  order.takesAtFirst = kind === "limit" && reachesLimit(side, order.price, best);
  if (terms.postOnly && order.takesAtFirst) return news.end(order, "expired", "it would trade at once");
  if (kind !== "market" && kind !== "limit") return;
  const mayRest = terms.timeInForce === "GTC";
  if (kind === "market" || (mayRest ? isBeyondLimit : reachesLimit)(side, order.price, worst)) {
    execution.execute(order, worst, "taker", news.nowMs, rule ?? ORDER_KINDS[kind].rule(order, worst));
  }
  if (order.state === "open" && !mayRest) news.end(order, "expired", "nothing more to trade at once");
}
