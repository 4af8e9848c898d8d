// Binance's spot REST API over a loopback venue. Source: Binance Spot API documentation, "Market data endpoints", "Trading
// endpoints", "Account endpoints", "Limits".
import { ZERO_NOTIONAL } from "../../money/mod.ts";
import { DAY_MS, MINUTE_MS, nominalLengthMs, timeframe } from "../../time/mod.ts";
import {
  BINANCE_FAULTS,
  BinanceError,
  exchangeInfo,
  kline,
  orderAnswer,
  REFUSALS,
  tradeAnswer,
  tradeWithoutFee,
  TYPES,
  venueSymbol,
} from "./binance_answers.ts";
import { bookLevels } from "./book_levels.ts";
import { checkSignature } from "./binance_signature.ts";
import { historyCandles } from "./candle_history.ts";
import type { Deed } from "./fault.ts";
import { type Faults, withCandleFault } from "./faults.ts";
import type { FaultyClock } from "./faulty_clock.ts";
import type { LoopbackMarket } from "./loopback_market.ts";
import { Mishaps, spendElsewhere, stale } from "./mishaps.ts";
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
  readonly deed: Deed;
  readonly weight: (params: URLSearchParams) => number;
  readonly isSigned?: boolean;
  answer(params: URLSearchParams): unknown;
}

/** Rows of a page that a fault has cut. */
const SHORT_PAGE = 3;
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

/** What a new order may say, of Binance's REST API, "New order (TRADE)"; other words are refused there. */
const ORDER_WORDS: ReadonlySet<string> = new Set([
  ...["symbol", "side", "type", "timeInForce", "quantity", "quoteOrderQty", "price", "newClientOrderId", "strategyId"],
  ...["strategyType", "stopPrice", "trailingDelta", "icebergQty", "newOrderRespType", "selfTradePreventionMode"],
  ...["recvWindow", "timestamp", "signature"],
]);

/** Answers requests in the words of Binance spot. */
export class BinanceApi {
  /** What it says of faults. */
  readonly words = BINANCE_FAULTS;
  readonly #endpoints: ReadonlyMap<string, Endpoint>;
  readonly #mishaps: Mishaps;

  constructor(
    readonly venue: LoopbackVenue,
    readonly limit: RequestLimit,
    readonly key: LoopbackKey,
    readonly faults: Faults,
    readonly requestClock: FaultyClock,
  ) {
    this.#mishaps = new Mishaps(venue, faults);
    this.#endpoints = new Map(Object.entries(this.#table()));
  }

  /** What a request asks for. */
  deedOf(request: Request): Deed {
    return this.#endpoints.get(this.#callOf(request))?.deed ?? "other";
  }

  #callOf({ method, url }: Request): string {
    return `${method} ${new URL(url).pathname.replace(/^\/api\/v[13]|^\/sapi\/v1/, "")}`;
  }

  /** The answer to a request below `/api` or `/sapi`. */
  async answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url), body = await request.text(), query = search.slice(1);
    const endpoint = this.#endpoints.get(this.#callOf(request));
    if (endpoint === undefined) {
      return problem(new BinanceError(404, -1000, `There is no ${request.method} ${pathname}.`));
    }
    const params = new URLSearchParams(query + (query !== "" && body !== "" ? "&" : "") + body);
    spendElsewhere(this.faults, this.limit, endpoint.deed);
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
      if (endpoint.isSigned) checkSignature({ query, body, apiKey }, this.key, this.requestClock.now());
      return Response.json(endpoint.answer(params), { headers });
    } catch (error) {
      if (error instanceof BinanceError) return problem(error, headers);
      throw error;
    }
  }

  #table(): Record<string, Endpoint> {
    const { venue, limit } = this, signed = { isSigned: true };
    const other = { deed: "other" } as const,
      ticker = { deed: "ticker" } as const,
      trades = { deed: "trades" } as const;
    return {
      "GET /ping": { ...other, weight: () => 1, answer: () => ({}) },
      "GET /time": { deed: "time", weight: () => 1, answer: () => ({ serverTime: this.requestClock.told() }) },
      "GET /exchangeInfo": { deed: "markets", weight: () => 20, answer: () => exchangeInfo(venue, limit) },
      "GET /klines": { deed: "candles", weight: () => 2, answer: (params) => this.#klines(params) },
      "GET /ticker/24hr": {
        ...ticker,
        weight: (params) => params.has("symbol") ? 2 : 80,
        answer: (params) => this.#each(params, (market) => this.#day(market)),
      },
      "GET /ticker/price": {
        ...ticker,
        weight: (params) => params.has("symbol") ? 2 : 4,
        answer: (params) =>
          this.#each(params, (market) => ({ symbol: venueSymbol(market), price: `${venue.lastPrice(market)}` })),
      },
      "GET /ticker/bookTicker": {
        ...ticker,
        weight: (params) => params.has("symbol") ? 2 : 4,
        answer: (params) => this.#each(params, (market) => this.#best(market)),
      },
      "GET /depth": {
        deed: "book",
        weight: (params) => Number(params.get("limit") ?? 100) <= 100 ? 5 : 25,
        answer: (params) =>
          bookLevels(venue, this.#market(params), Math.min(whole(params, "limit", DEPTH_MAX), DEPTH_MAX)),
      },
      "GET /trades": { ...trades, weight: () => 25, answer: (params) => this.#trades(params) },
      "GET /aggTrades": { ...trades, weight: () => 4, answer: (params) => this.#trades(params).map(aggregate) },
      "POST /order": { deed: "place", weight: () => 1, ...signed, answer: (params) => this.#place(params) },
      "POST /order/cancelReplace": {
        deed: "replace",
        weight: () => 1,
        ...signed,
        answer: (params) => this.#replace(params),
      },
      "GET /order": {
        deed: "order",
        weight: () => 4,
        ...signed,
        answer: (params) => orderAnswer(this.#order(params, this.#seen("order", this.#ordersOf(params)))),
      },
      "DELETE /order": { deed: "cancel", weight: () => 1, ...signed, answer: (params) => this.#cancelOne(params) },
      "GET /openOrders": {
        deed: "open-orders",
        weight: () => 6,
        ...signed,
        answer: (params) => this.#openOrders(params, true).map(orderAnswer),
      },
      "DELETE /openOrders": {
        deed: "cancel-all",
        weight: () => 1,
        ...signed,
        answer: (params) => this.#openOrders(params).map((order) => this.#cancel(order)),
      },
      "GET /allOrders": {
        deed: "orders",
        weight: () => 20,
        ...signed,
        answer: (params) =>
          page(
            params,
            this.#seen("orders", this.#ordersOf(params)),
            "orderId",
            ({ id }) => id,
            ({ placedAtMs }) => placedAtMs,
          ).map(
            orderAnswer,
          ),
      },
      "GET /myTrades": { deed: "fills", weight: () => 20, ...signed, answer: (params) => this.#fills(params) },
      "GET /account": {
        deed: "balances",
        weight: () => 20,
        ...signed,
        answer: () => {
          const updateTime = venue.now(), isStale = this.#mishaps.at("balances").fault === "stale-snapshot";
          const balances = isStale ? venue.balancesBefore() : venue.balances();
          return { accountType: "SPOT", canTrade: true, updateTime, balances };
        },
      },
      "GET /account/apiRestrictions": {
        ...other,
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
    const fault = this.faults.draw("candles", "candles");
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
      lastQty: this.venue.grid(market).lot,
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
    const sent = [...params.keys()], read = sent.filter((name) => ORDER_WORDS.has(name));
    if (read.length < sent.length) {
      const counts = `read '${read.length}' parameter(s) but was sent '${sent.length}'`;
      throw new BinanceError(400, -1104, `Not all sent parameters were read; ${counts}.`);
    }
    const market = this.#market(params), mishap = this.#mishaps.at("place", { market });
    const placed = this.#placed(params);
    mishap.after(placed);
    return orderAnswer(placed);
  }

  #placed(params: URLSearchParams): LoopbackOrder {
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
    return placed;
  }

  /** Cancels an order and places another one; the second part may fail for itself (409, −2021). */
  #replace(params: URLSearchParams): unknown {
    const order = this.#order(params, this.#ordersOf(params), "cancelOrderId", "cancelOrigClientOrderId");
    const { fault } = this.#mishaps.at("replace", { order });
    const cancelResponse = this.#cancel(order);
    try {
      if (fault === "half-done") throw REFUSALS["no-funds"];
      const newOrderResponse = orderAnswer(this.#placed(params));
      return { cancelResult: "SUCCESS", newOrderResult: "SUCCESS", cancelResponse, newOrderResponse };
    } catch (error) {
      if (!(error instanceof BinanceError)) throw error;
      const newOrderResponse = { code: error.code, msg: error.message };
      const data = { cancelResult: "SUCCESS", newOrderResult: "FAILURE", cancelResponse, newOrderResponse };
      throw new BinanceError(409, -2021, "Order cancel-replace partially failed.", data);
    }
  }

  #fills(params: URLSearchParams): unknown[] {
    const market = this.#market(params);
    this.venue.now();
    const { fault } = this.#mishaps.at("fills");
    const all = fault === "stale-snapshot" ? this.venue.fills.slice(0, -1) : this.venue.fills;
    const fills = all.filter(({ order }) => order.market === market);
    const limit = fault === "short-page" ? SHORT_PAGE : TRADES_MAX;
    const rows = page(params, fills, "fromId", ({ number }) => number, ({ timeMs }) => timeMs, limit);
    return rows.map(fault === "fee-missing" ? tradeWithoutFee : tradeAnswer);
  }

  /** Orders as this query sees them: perhaps as they were. */
  #seen(deed: "order" | "open-orders" | "orders", orders: LoopbackOrder[]): LoopbackOrder[] {
    return this.#mishaps.at(deed).fault === "stale-snapshot" ? stale(orders) : orders;
  }

  #ordersOf(params: URLSearchParams): LoopbackOrder[] {
    const market = this.#market(params);
    this.venue.now();
    return this.venue.orders.filter((order) => order.market === market);
  }

  #openOrders(params: URLSearchParams, isQuery = false): LoopbackOrder[] {
    this.venue.now();
    const isStale = isQuery && this.#mishaps.at("open-orders").fault === "stale-snapshot";
    const open = isStale ? stale(this.venue.orders).filter(({ state }) => state === "open") : this.venue.openOrders();
    return params.has("symbol") ? open.filter(({ market }) => market === this.#market(params)) : open;
  }

  /** By the venue's number, or by the client's name: then the last order that had it. */
  #order(
    params: URLSearchParams,
    all: readonly LoopbackOrder[],
    idParameter = "orderId",
    nameParameter = "origClientOrderId",
  ): LoopbackOrder {
    const id = params.get(idParameter), name = params.get(nameParameter);
    const order = id !== null
      ? all.find((own) => `${own.id}` === id)
      : all.findLast((own) => own.clientOrderId === name);
    if (order === undefined) throw new BinanceError(400, -2013, "Order does not exist.");
    return order;
  }

  #cancelOne(params: URLSearchParams): unknown {
    const order = this.#order(params, this.#ordersOf(params)), before = order.filled;
    const mishap = this.#mishaps.at("cancel", { order }, (name) => name !== "half-done");
    const answer = this.#cancel(order);
    mishap.after(order);
    if (mishap.fault !== "cancel-misstates") return answer;
    return { ...answer, ...orderAnswer({ ...order, filled: before, value: ZERO_NOTIONAL }) };
  }

  #cancel(order: LoopbackOrder): Record<string, unknown> {
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
  most = TRADES_MAX,
): Row[] {
  const limit = Math.min(whole(params, "limit", 500), most);
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

function problem({ status, code, message, data }: BinanceError, headers: Record<string, string> = {}): Response {
  return Response.json({ code, msg: message, ...(data === undefined ? {} : { data }) }, { status, headers });
}
