// What Binance's spot REST API answers, in its own words and numbers. Source: Binance Spot API documentation.
import { AMOUNT_DECIMALS, formatDecimal, formatPrice, notionalOf, UNIT_DECIMALS } from "../../money/mod.ts";
import type { OrderKind } from "../../orders/mod.ts";
import { MINUTE_MS } from "../../time/mod.ts";
import type { HistoryCandle } from "./candle_history.ts";
import type { FaultWords } from "./faulty_answer.ts";
import type { LoopbackMarket } from "./loopback_market.ts";
import type { LoopbackFill, LoopbackOrder, LoopbackVenue, Refusal } from "./loopback_venue.ts";
import type { RequestLimit } from "./request_limit.ts";

/** The venue's answer that says no: HTTP status, its own code and words. */
export class BinanceError extends Error {
  constructor(readonly status: number, readonly code: number, message: string, readonly data?: unknown) {
    super(message);
  }
}

export const REFUSALS: Readonly<Record<Refusal, BinanceError>> = {
  "unknown-symbol": new BinanceError(400, -1121, "Invalid symbol."),
  "closed": new BinanceError(400, -1013, "Market is closed."),
  "bad-quantity": new BinanceError(400, -1013, "Filter failure: LOT_SIZE"),
  "bad-price": new BinanceError(400, -1013, "Filter failure: PRICE_FILTER"),
  "too-small": new BinanceError(400, -1013, "Filter failure: NOTIONAL"),
  "no-funds": new BinanceError(400, -2010, "Account has insufficient balance for requested action."),
  "duplicate-name": new BinanceError(400, -2010, "Duplicate order sent."),
  "would-take": new BinanceError(400, -2010, "Order would immediately match and take."),
  "triggers-at-once": new BinanceError(400, -2010, "Stop price would trigger immediately."),
};

const told = (status: number, code: number, msg: string) => ({ status, body: { code, msg } });

/** What Binance says when something is wrong with it, or with us. */
export const BINANCE_FAULTS: FaultWords = {
  "unknown-status": told(
    500,
    -1007,
    "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
  ),
  unavailable: told(503, -1008, "Server is currently overloaded with other requests."),
  limited: told(429, -1003, "Too many requests; current limit is in use."),
  banned: told(418, -1003, "Way too many requests; IP banned."),
  "revoked-key": told(401, -2015, "Invalid API-key, IP, or permissions for action."),
  "clock-skew": told(400, -1021, "Timestamp for this request is outside of the recvWindow."),
};

/** Order types by their names there. */
export const TYPES: Readonly<Record<string, { readonly kind: OrderKind; readonly postOnly?: boolean }>> = {
  MARKET: { kind: "market" },
  LIMIT: { kind: "limit" },
  LIMIT_MAKER: { kind: "limit", postOnly: true },
  STOP_LOSS: { kind: "stop" },
  STOP_LOSS_LIMIT: { kind: "stop-limit" },
  TAKE_PROFIT: { kind: "take-profit" },
};

export const venueSymbol = ({ symbol }: Pick<LoopbackMarket, "symbol">): string => symbol.replace("/", "");

const units = (value: bigint) => formatDecimal(value, UNIT_DECIMALS);
const amount = (value: bigint) => formatDecimal(value, AMOUNT_DECIMALS);

export function exchangeInfo(venue: LoopbackVenue, { weightPerWindow, windowMs }: RequestLimit) {
  return {
    timezone: "UTC",
    serverTime: venue.now(),
    rateLimits: [
      { rateLimitType: "REQUEST_WEIGHT", ...intervalOf(windowMs), limit: weightPerWindow },
      { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: 100 },
    ],
    exchangeFilters: [],
    symbols: venue.markets.map((market) => symbolInfo(venue, market)),
  };
}

function intervalOf(ms: number) {
  const isMinutes = ms % MINUTE_MS === 0;
  return { interval: isMinutes ? "MINUTE" : "SECOND", intervalNum: ms / (isMinutes ? MINUTE_MS : 1_000) };
}

function symbolInfo(venue: LoopbackVenue, market: LoopbackMarket) {
  const [base, quote] = market.symbol.split("/"), { tick, lot, minNotional } = venue.grid(market);
  return {
    symbol: venueSymbol(market),
    status: venue.isTrading(market) ? "TRADING" : "BREAK",
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    orderTypes: Object.keys(TYPES),
    icebergAllowed: false,
    ocoAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    permissions: ["SPOT"],
    permissionSets: [["SPOT"]],
    filters: [
      { filterType: "PRICE_FILTER", minPrice: tick, maxPrice: "10000000", tickSize: tick },
      { filterType: "LOT_SIZE", minQty: lot, maxQty: "100000000", stepSize: lot },
      { filterType: "NOTIONAL", minNotional, applyMinToMarket: true, maxNotional: "100000000" },
    ],
  };
}

/** A candle as `klines` has it. */
export function kline(candle: HistoryCandle): unknown[] {
  const quote = candle.volume * (candle.open + candle.close) / 2;
  return [
    candle.openTimeMs,
    `${candle.open}`,
    `${candle.high}`,
    `${candle.low}`,
    `${candle.close}`,
    candle.volume.toFixed(8),
    candle.closeTimeMs - 1,
    quote.toFixed(8),
    candle.minutes * 10,
    (candle.volume / 2).toFixed(8),
    (quote / 2).toFixed(8),
    "0",
  ];
}

/** An order as queries have it. */
export function orderAnswer(order: LoopbackOrder) {
  return {
    symbol: venueSymbol(order.market),
    orderId: order.id,
    orderListId: -1,
    clientOrderId: order.clientOrderId,
    price: order.price === null ? "0.00000000" : formatPrice(order.price),
    origQty: units(order.quantity),
    executedQty: units(order.filled),
    cummulativeQuoteQty: amount(order.value),
    status: statusOf(order),
    timeInForce: order.timeInForce,
    type: typeOf(order),
    side: order.side.toUpperCase(),
    stopPrice: order.triggerPrice === null ? "0.00000000" : formatPrice(order.triggerPrice),
    icebergQty: "0.00000000",
    time: order.placedAtMs,
    transactTime: order.updatedAtMs,
    updateTime: order.updatedAtMs,
    isWorking: order.triggerPrice === null,
    origQuoteOrderQty: "0.00000000",
    workingTime: order.placedAtMs,
    selfTradePreventionMode: "NONE",
    fills: order.fills.map(({ price, quantity, fee, feeAsset, number }) => ({
      price: formatPrice(price),
      qty: units(quantity),
      commission: amount(fee),
      commissionAsset: feeAsset,
      tradeId: number,
    })),
  };
}

export function statusOf({ state, filled }: LoopbackOrder): string {
  if (state === "open") return filled > 0n ? "PARTIALLY_FILLED" : "NEW";
  return { filled: "FILLED", cancelled: "CANCELED", expired: "EXPIRED", refused: "REJECTED" }[state];
}

export function typeOf({ kind, postOnly }: LoopbackOrder): string {
  return Object.entries(TYPES).find(([, own]) => own.kind === kind && (own.postOnly ?? false) === postOnly)![0];
}

/** An execution of the account. */
export function tradeAnswer({ number, order, price, quantity, fee, feeAsset, side, liquidity, timeMs }: LoopbackFill) {
  return {
    symbol: venueSymbol(order.market),
    id: number,
    orderId: order.id,
    orderListId: -1,
    price: formatPrice(price),
    qty: units(quantity),
    quoteQty: amount(notionalOf(price, quantity)),
    commission: amount(fee),
    commissionAsset: feeAsset,
    time: timeMs,
    isBuyer: side === "buy",
    isMaker: liquidity === "maker",
    isBestMatch: true,
  };
}

/** An execution whose fee is not known yet. */
export function tradeWithoutFee(fill: LoopbackFill) {
  const { commission: _, commissionAsset: __, ...rest } = tradeAnswer(fill);
  return rest;
}

/** News of an amount that came to the account, or left it. */
export function balanceUpdate(asset: string, amount: string, timeMs: number) {
  return { e: "balanceUpdate", E: timeMs, a: asset, d: amount, T: timeMs };
}

/** News of an order as the user data stream has them. */
export function executionReport(order: LoopbackOrder, fill: LoopbackFill | null) {
  const status = statusOf(order);
  return {
    e: "executionReport",
    E: order.updatedAtMs,
    s: venueSymbol(order.market),
    c: order.clientOrderId,
    S: order.side.toUpperCase(),
    o: typeOf(order),
    f: order.timeInForce,
    q: units(order.quantity),
    p: order.price === null ? "0" : formatPrice(order.price),
    P: order.triggerPrice === null ? "0" : formatPrice(order.triggerPrice),
    F: "0",
    g: -1,
    C: "",
    x: fill === null ? status : "TRADE",
    X: status,
    r: "NONE",
    i: order.id,
    l: fill === null ? "0" : units(fill.quantity),
    z: units(order.filled),
    L: fill === null ? "0" : formatPrice(fill.price),
    n: fill === null ? "0" : amount(fill.fee),
    N: fill === null ? null : fill.feeAsset,
    T: order.updatedAtMs,
    t: fill === null ? -1 : fill.number,
    w: order.state === "open",
    m: fill?.liquidity === "maker",
    O: order.placedAtMs,
    Z: amount(order.value),
    Y: fill === null ? "0" : amount(notionalOf(fill.price, fill.quantity)),
    Q: "0",
  };
}
