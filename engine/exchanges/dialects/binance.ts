import type { OrderRequest } from "../exchange.ts";
import type { Dialect } from "../dialect.ts";
import { binancePermissions } from "../frames.ts";

/**
 * Binance spot. Its codes −1006 and −1007 say "execution status unknown", and a repeated name of an order that the order is
 * there. Sources: Binance Spot API documentation, "Limits", "Error codes"; requests without a symbol are not made.
 */
export const BINANCE: Dialect = {
  id: "binance",
  ccxtId: "binance",
  options: {
    defaultType: "spot",
    fetchMarkets: { types: ["spot"] },
    fetchMargins: false,
    fetchCurrencies: false,
    warnOnFetchOpenOrdersWithoutSymbol: false,
    recvWindow: 3_000,
  },
  kind: "spot",
  limit: {
    name: "weight",
    shape: "window",
    weight: 6_000,
    windowMs: 60_000,
    cancelWeight: 100,
    tradingWeight: 80,
    guardMs: 250,
  },
  // The library counts a fifth of the venue's weight for spot, and others have no address weight of this kind.
  weight: (cost, api) => api === "public" || api === "private" ? cost * 5 : cost,
  usedWeightHeader: "x-mbx-used-weight-1m",
  candlesPerRequest: 1_000,
  tradesById: true,
  fillPaging: "by-id",
  fillsPerPage: 500,
  requestExpiryMs: 3_000,
  ambiguous: /"code":\s*(-1006|-1007|-4116)\b|duplicate order sent/i,
  orderParameters: binanceOrder,
  byName: (clientOrderId) => ({ origClientOrderId: clientOrderId }),
  permissions: { method: "sapiGetAccountApiRestrictions", read: binancePermissions },
  until: (toMs) => ({ until: toMs - 1 }),
};

/** Parameters of an order at any of Binance's venues. */
export function binanceOrder(order: OrderRequest): Record<string, unknown> {
  return {
    clientOrderId: order.clientOrderId,
    ...triggerOf(order),
    ...(order.kind === "limit" || order.kind === "stop-limit" ? { timeInForce: order.timeInForce } : {}),
    ...(order.postOnly ? { postOnly: true } : {}),
    ...(order.reduceOnly ? { reduceOnly: true } : {}),
  };
}

/** The trigger in the library's own words. */
export function triggerOf({ kind, triggerPrice }: OrderRequest): Record<string, unknown> {
  if (triggerPrice === null) return {};
  return kind === "take-profit" ? { takeProfitPrice: triggerPrice } : { stopLossPrice: triggerPrice };
}
