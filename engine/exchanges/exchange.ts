import type { Outcome } from "../errors/mod.ts";
import type { Timeframe, TimestampMs } from "../time/mod.ts";
import type { Capabilities } from "./capabilities.ts";

/** A market of a venue and the grid on which its orders lie; decimals are text as the venue writes them. */
export interface Market {
  /** The venue's own name, as in `BTCUSDT`. */
  readonly venueSymbol: string;
  /** Base and quote, as in `BTC/USDT`, contracts too. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly kind: "spot" | "linear" | "inverse";
  readonly isActive: boolean;
  readonly tick: string | null;
  readonly lot: string | null;
  readonly minQuantity: string | null;
  readonly minNotional: string | null;
  readonly contractSize: string | null;
  /** Null where the venue does not tell. */
  readonly listedAtMs: TimestampMs | null;
}

/** A candle as a venue gives it; whether it has closed is for the caller to say. */
export interface VenueCandle {
  readonly openTimeMs: TimestampMs;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
}

/** A trade of the market; `side` is the taker's. */
export interface VenueTrade {
  readonly id: string | null;
  readonly timeMs: TimestampMs;
  readonly side: "buy" | "sell" | null;
  readonly price: string;
  readonly quantity: string;
}

/** Best prices and the last one. */
export interface Ticker {
  readonly timeMs: TimestampMs | null;
  readonly bid: string | null;
  readonly ask: string | null;
  readonly last: string | null;
}

/** Price and quantity. */
export type BookLevel = readonly [price: string, quantity: string];

/** An order book, best levels first. */
export interface Book {
  readonly timeMs: TimestampMs | null;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** One settlement of a contract's funding. */
export interface VenueFunding {
  readonly timeMs: TimestampMs;
  readonly rate: string;
}

/** Amounts of one asset on the account. */
export interface Balance {
  readonly asset: string;
  readonly free: string;
  readonly used: string;
  readonly total: string;
}

/** An order as the venue tells it; null where it does not. */
export interface VenueOrder {
  readonly id: string | null;
  readonly clientOrderId: string | null;
  readonly status: "open" | "filled" | "cancelled" | "expired" | "refused" | null;
  readonly price: string | null;
  readonly triggerPrice: string | null;
  readonly quantity: string | null;
  readonly filled: string | null;
  /** When the venue changed it last, which is its version: a report with an earlier one is older news (fault 28). */
  readonly updatedAtMs: TimestampMs | null;
  readonly timeMs: TimestampMs | null;
}

/** An execution of an order of ours as the venue tells it. */
export interface VenueFill {
  readonly id: string;
  readonly orderId: string | null;
  readonly clientOrderId: string | null;
  readonly timeMs: TimestampMs;
  readonly side: "buy" | "sell";
  readonly price: string;
  readonly quantity: string;
  readonly liquidity: "taker" | "maker" | null;
  readonly feeAsset: string | null;
  readonly fee: string | null;
}

/** What the venue says that a key may do. */
export interface KeyPermissions {
  readonly read: boolean;
  readonly trade: boolean;
  readonly withdraw: boolean;
  /** Between accounts of the venue. */
  readonly transfer: boolean;
  /** True where it works from named addresses only; null where the venue does not tell. */
  readonly ipRestricted: boolean | null;
}

/** An order as it is asked for. Prices and quantities are on the market's grid already. */
export interface OrderRequest {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: "buy" | "sell";
  readonly kind: "market" | "limit" | "stop" | "stop-limit" | "take-profit";
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly triggerPrice: string | null;
  readonly timeInForce: "GTC" | "IOC" | "FOK";
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
}

/** Which stretch of a market's history is wanted, oldest first. */
export interface HistoryQuery {
  readonly symbol: string;
  readonly fromMs: TimestampMs;
  /** Not included. */
  readonly toMs?: TimestampMs;
  /** At most so many rows; the venue may have a lower limit. */
  readonly limit?: number;
}

/**
 * A venue over REST and WebSocket, whichever it is. Every answer has been checked field by field, and every call tells by
 * its effect what is known: `unknown` of a call that changes nothing may be repeated, of an order or a cancel it may not.
 */
export interface Exchange {
  /** As the lake names it, as in `binance` or `binance-usdm`. */
  readonly id: string;
  readonly capabilities: Capabilities;
  markets(): Promise<Outcome<readonly Market[]>>;
  /** The venue's clock; `refused` with `not-supported` where it does not tell. */
  time(): Promise<Outcome<TimestampMs>>;
  candles(query: HistoryQuery & { readonly timeframe: Timeframe }): Promise<Outcome<readonly VenueCandle[]>>;
  trades(query: HistoryQuery & { readonly fromId?: string }): Promise<Outcome<readonly VenueTrade[]>>;
  ticker(symbol: string): Promise<Outcome<Ticker>>;
  book(symbol: string, depth?: number): Promise<Outcome<Book>>;
  funding(query: HistoryQuery): Promise<Outcome<readonly VenueFunding[]>>;
  /** What the key of this adapter may do; `refused` with `not-supported` where the venue cannot be asked. */
  keyPermissions(): Promise<Outcome<KeyPermissions>>;
  balances(): Promise<Outcome<readonly Balance[]>>;
  openOrders(symbol: string): Promise<Outcome<readonly VenueOrder[]>>;
  /** The order of a name that we gave; `refused` with `order-not-found` where the venue knows none. */
  order(symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>>;
  /** Orders of ours whatever became of them, oldest first: as many as the venue gives at once from a time on. */
  orders(query: HistoryQuery): Promise<Outcome<readonly VenueOrder[]>>;
  /** All fills of a stretch, page by page; without `limit`, which asks for one page only. */
  fills(query: HistoryQuery): Promise<Outcome<readonly VenueFill[]>>;
  /**
   * @param lastLook Asked when the request is signed, right before its first byte: a reason keeps it here (`refused` with
   * `held-back`). Whatever waits, waits before it, so a request that was let through expires counted from before it.
   */
  submit(order: OrderRequest, lastLook?: () => string | null): Promise<Outcome<VenueOrder>>;
  cancel(symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>>;
  /** Candles as they form and close. Ends when the signal is aborted; throws when the connection is lost. */
  watchCandles(symbol: string, timeframe: Timeframe, signal: AbortSignal): AsyncIterable<VenueCandle>;
  watchTrades(symbol: string, signal: AbortSignal): AsyncIterable<VenueTrade>;
  watchTicker(symbol: string, signal: AbortSignal): AsyncIterable<Ticker>;
  watchBook(symbol: string, signal: AbortSignal): AsyncIterable<Book>;
  watchOrders(symbol: string, signal: AbortSignal): AsyncIterable<VenueOrder>;
  watchFills(symbol: string, signal: AbortSignal): AsyncIterable<VenueFill>;
  watchBalances(signal: AbortSignal): AsyncIterable<readonly Balance[]>;
  /** Frames that its sockets have brought. */
  readonly frames: number;
  /** Frames of its sockets, and markets, that were left out: too large, too deep, no JSON, or not what they must be. */
  readonly badFrames: number;
  /** Closes its connections. */
  close(): Promise<void>;
}
