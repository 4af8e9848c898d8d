// Binance's spot REST API over a loopback venue. Source: Binance Spot API documentation, "Market data endpoints", "Trading
// endpoints", "Account endpoints", "Limits".
import { DAY_MS, MINUTE_MS, nominalLengthMs, timeframe } from "../../time/mod.ts";
import {
  BinanceError,
  exchangeInfo,
  kline,
  orderAnswer,
  REFUSALS,
  tradeAnswer,
  TYPES,
  venueSymbol,
} from "./binance_answers.ts";
import { bookLevels } from "./book_levels.ts";
import { checkSignature } from "./binance_signature.ts";
import { historyCandles } from "./candle_history.ts";
import { type Faults, withCandleFault } from "./faults.ts";
import type { LoopbackMarket } from "./loopback_market.ts";
import type { LoopbackOrder, LoopbackRequest, LoopbackVenue } from "./loopback_venue.ts";
import { lastWholeMinute, publicTrades } from "./public_trades.ts";
import type { RequestLimit } from "./request_limit.ts";

/** A key of the account, and what it may do. */
export interface LoopbackKey {
  readonly apiKey: string;
  readonly secret: string;
  readonly permissions?: Readonly<Record<string, boolean>>;
}

interface Endpoint {
  readonly weight: (params: URLSearchParams) => number;
  readonly isSigned?: boolean;
  answer(params: URLSearchParams): unknown;
}

const KLINES_MAX = 1_000, TRADES_MAX = 1_000, DEPTH_MAX = 100;
const PERMISSIONS = {
  ipRestrict: true,
  enableReading: true,
  enableSpotAndMarginTrading: true,
  enableWithdrawals: false,
  enableInternalTransfer: false,
  permitsUniversalTransfer: false,
  enableFutures: false,
  enableMargin: false,
};

/** Answers requests in the words of Binance spot. */
export class BinanceApi {
  readonly #endpoints: ReadonlyMap<string, Endpoint>;

  constructor(
    readonly venue: LoopbackVenue,
    readonly limit: RequestLimit,
    readonly key: LoopbackKey,
    readonly faults: Faults,
  ) {
    this.#endpoints = new Map(Object.entries(this.#table()));
  }

  /** Method and path of a request, as in `POST /order`. */
  callOf({ method, url }: Request): string {
    return `${method} ${new URL(url).pathname.replace(/^\/api\/v[13]|^\/sapi\/v1/, "")}`;
  }

  /** The answer to a request below `/api` or `/sapi`. */
  async answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url), body = await request.text(), query = search.slice(1);
    const endpoint = this.#endpoints.get(this.callOf(request));
    if (endpoint === undefined) {
      return problem(new BinanceError(404, -1000, `There is no ${request.method} ${pathname}.`));
    }
    const params = new URLSearchParams(query + (query !== "" && body !== "" ? "&" : "") + body);
    const admission = this.limit.admit(endpoint.weight(params)),
      headers = { "x-mbx-used-weight-1m": `${admission.used}` };
    if (admission.kind !== "admitted") {
      const status = admission.kind === "banned" ? 418 : 429;
      const retry = { "retry-after": `${Math.ceil(admission.retryAfterMs / 1_000)}` };
      return problem(new BinanceError(status, -1003, "Too many requests; current limit is in use."), {
        ...headers,
        ...retry,
      });
    }
    try {
      const apiKey = request.headers.get("x-mbx-apikey");
      if (endpoint.isSigned) checkSignature({ query, body, apiKey }, this.key, this.limit.clock.now());
      return Response.json(endpoint.answer(params), { headers });
    } catch (error) {
      if (error instanceof BinanceError) return problem(error, headers);
      throw error;
    }
  }

  #table(): Record<string, Endpoint> {
    const { venue, limit } = this, signed = { isSigned: true };
    return {
      "GET /ping": { weight: () => 1, answer: () => ({}) },
      "GET /time": { weight: () => 1, answer: () => ({ serverTime: limit.clock.now() }) },
      "GET /exchangeInfo": { weight: () => 20, answer: () => exchangeInfo(venue, limit) },
      "GET /klines": { weight: () => 2, answer: (params) => this.#klines(params) },
      "GET /ticker/24hr": {
        weight: (params) => params.has("symbol") ? 2 : 80,
        answer: (params) => this.#each(params, (market) => this.#day(market)),
      },
      "GET /ticker/price": {
        weight: (params) => params.has("symbol") ? 2 : 4,
        answer: (params) =>
          this.#each(params, (market) => ({ symbol: venueSymbol(market), price: `${venue.lastPrice(market)}` })),
      },
      "GET /ticker/bookTicker": {
        weight: (params) => params.has("symbol") ? 2 : 4,
        answer: (params) => this.#each(params, (market) => this.#best(market)),
      },
      "GET /depth": {
        weight: (params) => Number(params.get("limit") ?? 100) <= 100 ? 5 : 25,
        answer: (params) =>
          bookLevels(venue, this.#market(params), Math.min(whole(params, "limit", DEPTH_MAX), DEPTH_MAX)),
      },
      "GET /trades": { weight: () => 25, answer: (params) => this.#trades(params) },
      "GET /aggTrades": { weight: () => 4, answer: (params) => this.#trades(params).map(aggregate) },
      "POST /order": { weight: () => 1, ...signed, answer: (params) => this.#place(params) },
      "GET /order": { weight: () => 4, ...signed, answer: (params) => orderAnswer(this.#order(params)) },
      "DELETE /order": { weight: () => 1, ...signed, answer: (params) => this.#cancel(this.#order(params)) },
      "GET /openOrders": { weight: () => 6, ...signed, answer: (params) => this.#openOrders(params).map(orderAnswer) },
      "DELETE /openOrders": {
        weight: () => 1,
        ...signed,
        answer: (params) => this.#openOrders(params).map((order) => this.#cancel(order)),
      },
      "GET /allOrders": {
        weight: () => 20,
        ...signed,
        answer: (params) =>
          page(params, this.#ordersOf(params), "orderId", ({ id }) => id, ({ placedAtMs }) => placedAtMs).map(
            orderAnswer,
          ),
      },
      "GET /myTrades": {
        weight: () => 20,
        ...signed,
        answer: (params) => {
          const fills = venue.fills.filter(({ order }) => order.market === this.#market(params));
          return page(params, fills, "fromId", ({ number }) => number, ({ timeMs }) => timeMs).map(tradeAnswer);
        },
      },
      "GET /account": {
        weight: () => 20,
        ...signed,
        answer: () => ({ accountType: "SPOT", canTrade: true, updateTime: venue.now(), balances: venue.balances() }),
      },
      "GET /account/apiRestrictions": {
        weight: () => 1,
        ...signed,
        answer: () => ({ ...PERMISSIONS, ...this.key.permissions }),
      },
    };
  }

  #market(params: URLSearchParams): LoopbackMarket {
    const symbol = params.get("symbol"), market = this.venue.markets.find((own) => venueSymbol(own) === symbol);
    if (market === undefined) throw REFUSALS["unknown-symbol"];
    return market;
  }

  #each(params: URLSearchParams, answer: (market: LoopbackMarket) => unknown): unknown {
    return params.has("symbol") ? answer(this.#market(params)) : this.venue.markets.map(answer);
  }

  #klines(params: URLSearchParams): unknown[][] {
    const market = this.#market(params), length = interval(params), nowMs = this.venue.now();
    const limit = Math.min(whole(params, "limit", 500), KLINES_MAX), toMs = whole(params, "endTime", nowMs);
    const fromMs = params.has("startTime") ? whole(params, "startTime", 0) : toMs - limit * nominalLengthMs(length);
    const rows = historyCandles(market, length, { fromMs, toMs, limit, nowMs }).map(kline);
    const fault = this.faults.ofCandles("GET /klines");
    return fault === null ? rows : withCandleFault(rows, fault);
  }

  #day(market: LoopbackMarket) {
    const nowMs = this.venue.now(), fromMs = nowMs - DAY_MS;
    const candles = historyCandles(market, timeframe("1h"), { fromMs, toMs: nowMs, limit: 25, nowMs });
    const last = this.venue.lastPrice(market), open = candles[0]?.open ?? last;
    const volume = candles.reduce((sum, own) => sum + own.volume, 0);
    return {
      ...this.#best(market),
      priceChange: `${last - open}`,
      priceChangePercent: ((last / open - 1) * 100).toFixed(3),
      weightedAvgPrice: `${last}`,
      prevClosePrice: `${open}`,
      lastPrice: `${last}`,
      lastQty: market.lot,
      openPrice: `${open}`,
      highPrice: `${Math.max(last, ...candles.map(({ high }) => high))}`,
      lowPrice: `${Math.min(last, ...candles.map(({ low }) => low))}`,
      volume: volume.toFixed(8),
      quoteVolume: (volume * last).toFixed(8),
      openTime: fromMs,
      closeTime: nowMs,
      firstId: 1,
      lastId: 2,
      count: 2,
    };
  }

  #best(market: LoopbackMarket) {
    const { bids: [bid], asks: [ask] } = bookLevels(this.venue, market, 1);
    return { symbol: venueSymbol(market), bidPrice: bid![0], bidQty: bid![1], askPrice: ask![0], askQty: ask![1] };
  }

  /** One trade for each minute, at its close: from a number or a time on, or the last ones. */
  #trades(params: URLSearchParams) {
    const market = this.#market(params), nowMs = this.venue.now();
    const limit = Math.min(whole(params, "limit", 500), TRADES_MAX);
    const last = lastWholeMinute(Math.min(nowMs, whole(params, "endTime", Infinity)));
    const from = params.has("fromId")
      ? whole(params, "fromId", 0)
      : params.has("startTime")
      ? Math.floor(whole(params, "startTime", 0) / MINUTE_MS)
      : last - limit + 1;
    const first = Math.max(from, market.listedAtMs / MINUTE_MS), count = Math.max(0, Math.min(limit, last - first + 1));
    return publicTrades(market, first, count).map(({ id, timeMs, price, quantity, side }) => ({
      id,
      price: `${price}`,
      qty: quantity.toFixed(8),
      quoteQty: (price * quantity).toFixed(8),
      time: timeMs,
      isBuyerMaker: side === "sell",
      isBestMatch: true,
    }));
  }

  #place(params: URLSearchParams): unknown {
    const type = TYPES[params.get("type") ?? ""], market = this.#market(params);
    if (type === undefined) throw new BinanceError(400, -1116, "Invalid orderType.");
    const side = params.get("side");
    if (side !== "BUY" && side !== "SELL") throw new BinanceError(400, -1117, "Invalid side.");
    const quantity = params.get("quantity"), limit = params.get("price"), trigger = params.get("stopPrice");
    if (quantity === null) throw new BinanceError(400, -1102, "Mandatory parameter 'quantity' was not sent.");
    const terms = params.get("timeInForce") ?? "GTC";
    if (terms !== "GTC" && terms !== "IOC" && terms !== "FOK") {
      throw new BinanceError(400, -1115, "Invalid timeInForce.");
    }
    const request: LoopbackRequest = {
      symbol: market.symbol,
      clientOrderId: params.get("newClientOrderId") ?? `loopback-${this.venue.orders.length + 1}`,
      side: side === "BUY" ? "buy" : "sell",
      kind: type.kind,
      timeInForce: terms,
      postOnly: type.postOnly ?? false,
      quantity,
      ...(limit === null ? {} : { price: limit }),
      ...(trigger === null ? {} : { triggerPrice: trigger }),
    };
    const placed = this.venue.place(request);
    if (typeof placed === "string") throw REFUSALS[placed];
    return orderAnswer(placed);
  }

  #ordersOf(params: URLSearchParams): LoopbackOrder[] {
    const market = this.#market(params);
    this.venue.now();
    return this.venue.orders.filter((order) => order.market === market);
  }

  #openOrders(params: URLSearchParams): LoopbackOrder[] {
    this.venue.now();
    const open = this.venue.openOrders();
    return params.has("symbol") ? open.filter(({ market }) => market === this.#market(params)) : open;
  }

  /** By the venue's number, or by the client's name: then the last order that had it. */
  #order(params: URLSearchParams): LoopbackOrder {
    const id = params.get("orderId"), name = params.get("origClientOrderId"), all = this.#ordersOf(params);
    const order = id !== null
      ? all.find((own) => `${own.id}` === id)
      : all.findLast((own) => own.clientOrderId === name);
    if (order === undefined) throw new BinanceError(400, -2013, "Order does not exist.");
    return order;
  }

  #cancel(order: LoopbackOrder): unknown {
    if (!this.venue.cancel(order)) throw new BinanceError(400, -2011, "Unknown order sent.");
    return { ...orderAnswer(order), origClientOrderId: order.clientOrderId };
  }
}

/** What a page of a history holds: from a number on, or from a time on, at most so many; the last ones without either. */
function page<Row>(
  params: URLSearchParams,
  rows: readonly Row[],
  from: string,
  numberOf: (row: Row) => number,
  timeOf: (row: Row) => number,
): Row[] {
  const limit = Math.min(whole(params, "limit", 500), TRADES_MAX);
  if (params.has(from)) return rows.filter((row) => numberOf(row) >= whole(params, from, 0)).slice(0, limit);
  const start = whole(params, "startTime", -Infinity), end = whole(params, "endTime", Infinity);
  const found = rows.filter((row) => timeOf(row) >= start && timeOf(row) <= end);
  return params.has("startTime") ? found.slice(0, limit) : found.slice(-limit);
}

function aggregate(
  { id, price, qty, time, isBuyerMaker }: {
    id: number;
    price: string;
    qty: string;
    time: number;
    isBuyerMaker: boolean;
  },
) {
  return { a: id, p: price, q: qty, f: id, l: id, T: time, m: isBuyerMaker, M: true };
}

function whole(params: URLSearchParams, name: string, otherwise: number): number {
  const text = params.get(name);
  if (text === null) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value)) throw new BinanceError(400, -1100, `Illegal characters found in parameter '${name}'.`);
  return value;
}

function interval(params: URLSearchParams) {
  try {
    return timeframe(params.get("interval") ?? "");
  } catch {
    throw new BinanceError(400, -1120, "Invalid interval.");
  }
}

function problem({ status, code, message }: BinanceError, headers: Record<string, string> = {}): Response {
  return Response.json({ code, msg: message }, { status, headers });
}
