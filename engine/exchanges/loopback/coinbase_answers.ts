// What a loopback venue has, in the words of Coinbase Advanced Trade. Source: its REST API reference.
import {
  AMOUNT_DECIMALS,
  formatDecimal,
  notionalToNumber,
  type Quantity,
  quantityToNumber,
  UNIT_DECIMALS,
} from "../../money/mod.ts";
import type { LoopbackMarket } from "./loopback_market.ts";
import type { LoopbackFill, LoopbackOrder, LoopbackVenue, Refusal } from "./loopback_venue.ts";

/** Words for refusals of orders. */
export const COINBASE_REFUSALS: Readonly<Record<Refusal, string>> = {
  "unknown-symbol": "INVALID_PRODUCT_ID",
  "bad-quantity": "PREVIEW_INVALID_BASE_SIZE_PRECISION",
  "bad-price": "PREVIEW_INVALID_PRICE_PRECISION",
  "too-small": "PREVIEW_INVALID_ORDER_SIZE",
  "no-funds": "INSUFFICIENT_FUND",
  "duplicate-name": "DUPLICATE_CLIENT_ORDER_ID",
  "would-take": "INVALID_LIMIT_PRICE_POST_ONLY",
  "triggers-at-once": "PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE",
};

/** Coinbase's name of a market. */
export function productId({ symbol }: LoopbackMarket): string {
  return symbol.replace("/", "-");
}

/** A market with its grid. */
export function product(venue: LoopbackVenue, market: LoopbackMarket): Record<string, unknown> {
  const [base, quote] = market.symbol.split("/");
  return {
    product_id: productId(market),
    price: `${venue.lastPrice(market)}`,
    price_percentage_change_24h: "0",
    volume_24h: "0",
    base_increment: market.lot,
    quote_increment: market.tick,
    price_increment: market.tick,
    quote_min_size: market.minNotional,
    quote_max_size: "150000000",
    base_min_size: market.lot,
    base_max_size: "100000",
    is_disabled: false,
    status: "online",
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: venue.now() >= market.endsAtMs,
    auction_mode: false,
    product_type: "SPOT",
    quote_currency_id: quote,
    base_currency_id: base,
    view_only: false,
  };
}

/** Balances, one account an asset. */
export function accounts(venue: LoopbackVenue): unknown {
  const own = venue.balances().map(({ asset, free, locked }) => ({
    uuid: `account-${asset}`,
    name: `${asset} Wallet`,
    currency: asset,
    available_balance: { value: free, currency: asset },
    hold: { value: locked, currency: asset },
    active: true,
    ready: true,
    type: "ACCOUNT_TYPE_CRYPTO",
  }));
  return { accounts: own, has_next: false, cursor: "", size: own.length };
}

/** The same in the older API: what is there, whether locked or not. */
export function wallets(venue: LoopbackVenue): unknown {
  const data = venue.balances().map(({ asset: code, total: amount }) => (
    { id: `account-${code}`, type: "wallet", currency: { code }, balance: { amount, currency: code } }
  ));
  return { data, pagination: { next_uri: null } };
}

/** The venue's number of an order, as text. */
export function coinbaseOrderId({ id }: LoopbackOrder): string {
  return `00000000-0000-4000-8000-${String(id).padStart(12, "0")}`;
}

const STATES = {
  open: "OPEN",
  filled: "FILLED",
  cancelled: "CANCELLED",
  expired: "EXPIRED",
  refused: "FAILED",
} as const;

/** An order as it stands. */
export function coinbaseOrder(order: LoopbackOrder): Record<string, unknown> {
  const { market, kind, price, triggerPrice, timeInForce, postOnly, filled, value, fills } = order;
  const base_size = formatDecimal(order.quantity, UNIT_DECIMALS);
  const limit = { base_size, limit_price: formatDecimal(price ?? 0n, UNIT_DECIMALS), post_only: postOnly };
  const configuration = kind === "market"
    ? { market_market_ioc: { base_size } }
    : triggerPrice !== null
    ? { stop_limit_stop_limit_gtc: { ...limit, stop_price: formatDecimal(triggerPrice, UNIT_DECIMALS) } }
    : { [timeInForce === "IOC" ? "sor_limit_ioc" : "limit_limit_gtc"]: limit };
  return {
    order_id: coinbaseOrderId(order),
    client_order_id: order.clientOrderId,
    product_id: productId(market),
    side: order.side.toUpperCase(),
    order_configuration: configuration,
    status: STATES[order.state],
    time_in_force: timeInForce === "GTC" ? "GOOD_UNTIL_CANCELLED" : "IMMEDIATE_OR_CANCEL",
    created_time: new Date(order.placedAtMs).toISOString(),
    last_fill_time: new Date(order.updatedAtMs).toISOString(),
    filled_size: formatDecimal(filled, UNIT_DECIMALS),
    filled_value: formatDecimal(value, AMOUNT_DECIMALS),
    average_filled_price: filled === 0n ? "0" : `${notionalToNumber(value) / quantityToNumber(filled)}`,
    number_of_fills: `${fills.length}`,
    total_fees: formatDecimal(fills.reduce((sum, { fee }) => sum + fee, 0n), AMOUNT_DECIMALS),
    order_type: kind === "market" ? "MARKET" : triggerPrice === null ? "LIMIT" : "STOP_LIMIT",
    leaves_quantity: formatDecimal((order.quantity - filled) as Quantity, UNIT_DECIMALS),
  };
}

/** An execution. */
export function coinbaseFill(fill: LoopbackFill): Record<string, unknown> {
  const time = new Date(fill.timeMs).toISOString();
  return {
    entry_id: `entry-${fill.number}`,
    trade_id: `trade-${fill.number}`,
    order_id: coinbaseOrderId(fill.order),
    trade_time: time,
    trade_type: "FILL",
    price: formatDecimal(fill.price, UNIT_DECIMALS),
    size: formatDecimal(fill.quantity, UNIT_DECIMALS),
    commission: formatDecimal(fill.fee, AMOUNT_DECIMALS),
    product_id: productId(fill.order.market),
    sequence_timestamp: time,
    liquidity_indicator: fill.liquidity.toUpperCase(),
    size_in_quote: false,
    side: fill.side.toUpperCase(),
  };
}
