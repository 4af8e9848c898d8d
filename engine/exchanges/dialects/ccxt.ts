import type { Dialect } from "../dialect.ts";
import { triggerOf } from "./binance.ts";

/**
 * Any other venue that the library knows, by its unified words. Requests are spaced as the library asks for, a fifth more
 * slowly, since what the venue counts is not known here.
 *
 * @param rateLimitMs Time between two requests of cost 1.
 */
export function ccxtDialect(id: string, ccxtId: string, rateLimitMs: number): Dialect {
  const perSecond = Math.max(2, Math.floor(1_000 / Math.max(1, rateLimitMs)));
  return {
    id,
    ccxtId,
    options: {},
    kind: "any",
    limit: {
      name: "requests",
      shape: "bucket",
      weight: perSecond,
      windowMs: 1_000,
      cancelWeight: 1,
      tradingWeight: 0,
      guardMs: 0,
    },
    weight: (cost) => Math.min(cost, Math.max(1, perSecond - 1)),
    usedWeightHeader: null,
    candlesPerRequest: 500,
    fillPaging: "forward",
    fillsPerPage: 20,
    requestExpiryMs: null,
    ambiguous: null,
    orderParameters: (order) => ({
      clientOrderId: order.clientOrderId,
      ...triggerOf(order),
      ...(order.kind === "limit" || order.kind === "stop-limit" ? { timeInForce: order.timeInForce } : {}),
      ...(order.postOnly ? { postOnly: true } : {}),
      ...(order.reduceOnly ? { reduceOnly: true } : {}),
    }),
    byName: () => null,
    permissions: null,
    until: (toMs) => ({ until: toMs }),
  };
}
