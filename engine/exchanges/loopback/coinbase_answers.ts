// What a loopback venue has, in the words of Coinbase Advanced Trade. Source: its REST API reference.
import {
  AMOUNT_DECIMALS,
  formatDecimal,
  notionalToNumber,
  type Quantity,
  quantityToNumber,
  UNIT_DECIMALS,
} from "../../money/mod.ts";
import type { FaultWords } from "./faulty_answer.ts";
import type { LoopbackBalance } from "./loopback_ledger.ts";
import type { LoopbackMarket } from "./loopback_market.ts";
import type { LoopbackFill, LoopbackOrder, LoopbackVenue, Refusal } from "./loopback_venue.ts";

/** Words for refusals of orders. */
export const COINBASE_REFUSALS: Readonly<Record<Refusal, string>> = {
  "unknown-symbol": "INVALID_PRODUCT_ID",
  "closed": "ORDER_ENTRY_DISABLED",
  "bad-quantity": "PREVIEW_INVALID_BASE_SIZE_PRECISION",
  "bad-price": "PREVIEW_INVALID_PRICE_PRECISION",
  "too-small": "PREVIEW_INVALID_ORDER_SIZE",
  "no-funds": "INSUFFICIENT_FUND",
  "duplicate-name": "DUPLICATE_CLIENT_ORDER_ID",
  "would-take": "INVALID_LIMIT_PRICE_POST_ONLY",
  "triggers-at-once": "PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE",
};

const told = (status: number, error: string, message: string) => ({
  status,
  body: { error, error_description: message, error_details: message, message },
});

/** What Coinbase says when something is wrong with it, or with us. It tells nobody of a ban. */
export const COINBASE_FAULTS: FaultWords = {
  "unknown-status": told(500, "INTERNAL", "Something went wrong"),
  unavailable: told(503, "UNAVAILABLE", "Service unavailable"),
  limited: told(429, "rate_limit_exceeded", "Too many requests"),
  banned: null,
  "revoked-key": told(401, "unauthorized", "Unauthorized"),
  "clock-skew": told(401, "unauthorized", "Unauthorized: the token has expired"),
};

/** Coinbase's name of a market. */
export function productId({ symbol }: LoopbackMarket): string {
  return symbol.replace("/", "-");
}

/** A market with its grid. */
export function product(venue: LoopbackVenue, market: LoopbackMarket): Record<string, unknown> {
  const [base, quote] = market.symbol.split("/"), { tick, lot, minNotional } = venue.grid(market);
  return {
    product_id: productId(market),
    price: `${venue.lastPrice(market)}`,
    price_percentage_change_24h: "0",
    volume_24h: "0",
    base_increment: lot,
    quote_increment: tick,
    price_increment: tick,
    quote_min_size: minNotional,
    quote_max_size: "150000000",
    base_min_size: lot,
    base_max_size: "100000",
    is_disabled: false,
    status: "online",
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: !venue.isTrading(market),
    auction_mode: false,
    product_type: "SPOT",
    quote_currency_id: quote,
    base_currency_id: base,
    view_only: false,
  };
}

/** Balances, one account an asset. */
export function accounts(balances: readonly LoopbackBalance[]): unknown {
  const own = balances.map(({ asset, free, locked }) => ({
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
export function wallets(balances: readonly LoopbackBalance[]): unknown {
  const data = balances.map(({ asset: code, total: amount }) => (
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
    total_fees: formatDecimal(fills.reduce((sum, fill) => sum + feeInQuote(fill), 0n), AMOUNT_DECIMALS),
    order_type: kind === "market" ? "MARKET" : triggerPrice === null ? "LIMIT" : "STOP_LIMIT",
    leaves_quantity: formatDecimal((order.quantity - filled) as Quantity, UNIT_DECIMALS),
  };
}

/** News of an order as the user channel has them. */
export function coinbaseOrderUpdate(order: LoopbackOrder): Record<string, unknown> {
  const { order_id, client_order_id, product_id, status, created_time, filled_size, filled_value, ...rest } =
    coinbaseOrder(order);
  return {
    order_id,
    client_order_id,
    product_id,
    status,
    creation_time: created_time,
    cumulative_quantity: filled_size,
    filled_value,
    leaves_quantity: rest.leaves_quantity,
    avg_price: rest.average_filled_price,
    total_fees: rest.total_fees,
    number_of_fills: rest.number_of_fills,
    limit_price: order.price === null ? "" : formatDecimal(order.price, UNIT_DECIMALS),
    stop_price: order.triggerPrice === null ? "" : formatDecimal(order.triggerPrice, UNIT_DECIMALS),
    order_side: rest.side,
    order_type: rest.order_type,
  };
}

/** Coinbase tells all fees in the quote asset. */
function feeInQuote({ fee, feeAsset, order, price }: LoopbackFill): bigint {
  return feeAsset === order.market.symbol.split("/")[0] ? fee * price / 10n ** BigInt(UNIT_DECIMALS) : fee;
}

/** An execution whose fee is not known yet. */
export function coinbaseFillWithoutFee(fill: LoopbackFill): Record<string, unknown> {
  const { commission: _, ...rest } = coinbaseFill(fill);
  return rest;
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
    commission: formatDecimal(feeInQuote(fill), AMOUNT_DECIMALS),
    product_id: productId(fill.order.market),
    sequence_timestamp: time,
    liquidity_indicator: fill.liquidity.toUpperCase(),
    size_in_quote: false,
    side: fill.side.toUpperCase(),
  };
}
