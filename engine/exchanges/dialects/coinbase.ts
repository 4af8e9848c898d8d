import type { Dialect } from "../dialect.ts";
import type { OrderRequest } from "../exchange.ts";
import { coinbasePermissions } from "../frames.ts";
import { triggerOf } from "./binance.ts";

/**
 * Coinbase Advanced Trade, public and signed: 10 requests a second from an address. It names no expiry of a request, so
 * an order whose fate is unknown ends in quarantine. Keys are EC (ES256) or Ed25519 (EdDSA); the library tells them apart.
 * Source: Coinbase Developer Documentation, Advanced Trade REST API, "Rate Limits" and "API Key Authentication".
 */
export const COINBASE: Dialect = {
  id: "coinbase",
  ccxtId: "coinbase",
  options: { fetchMarkets: "fetchMarketsV3", createMarketBuyOrderRequiresPrice: false, fetchCurrencies: false },
  kind: "spot",
  limit: {
    name: "requests",
    shape: "bucket",
    weight: 10,
    windowMs: 1_000,
    cancelWeight: 1,
    tradingWeight: 0,
    guardMs: 0,
  },
  weight: () => 1,
  usedWeightHeader: null,
  candlesPerRequest: 300,
  fillPaging: "backward",
  fillsPerPage: 100,
  requestExpiryMs: null,
  ambiguous: null,
  // Its stops are stop-limit orders ("stop_limit_stop_limit_gtc"): there are none that go to the market.
  stopLimitShare: 0.05,
  orderParameters: (order) => ({
    client_order_id: order.clientOrderId,
    ...triggerOf(order),
    ...(order.kind === "limit" ? { timeInForce: order.timeInForce, postOnly: order.postOnly } : {}),
    ...(order.reduceOnly ? { reduceOnly: true } : {}),
    ...marketSize(order),
  }),
  byName: () => null,
  permissions: { method: "v3PrivateGetBrokerageKeyPermissions", read: coinbasePermissions },
  until: (toMs) => ({ until: toMs }),
};

/** The library buys at the market by an amount of money; the venue takes a quantity as well. */
function marketSize({ kind, quantity }: OrderRequest): Record<string, unknown> {
  return kind === "market" ? { order_configuration: { market_market_ioc: { base_size: quantity } } } : {};
}
