// Coinbase's Advanced Trade REST API over a loopback venue. Source: its REST API reference and "Rate Limits".
import { timeframe } from "../../time/mod.ts";
import { bookLevels } from "./book_levels.ts";
import { historyCandles } from "./candle_history.ts";
import {
  accounts,
  COINBASE_FAULTS,
  COINBASE_REFUSALS,
  coinbaseFill,
  coinbaseFillWithoutFee,
  coinbaseOrder,
  coinbaseOrderId,
  product,
  productId,
  wallets,
} from "./coinbase_answers.ts";
import { type CoinbaseKey, tokenProblem } from "./coinbase_token.ts";
import type { Deed, FaultName } from "./fault.ts";
import { type Faults, withCandleFault } from "./faults.ts";
import type { FaultyClock } from "./faulty_clock.ts";
import type { LoopbackMarket } from "./loopback_market.ts";
import { Mishaps, spendElsewhere, stale } from "./mishaps.ts";
import type { LoopbackOrder, LoopbackRequest, LoopbackVenue } from "./loopback_venue.ts";
import { lastWholeMinute, publicTrades } from "./public_trades.ts";
import type { RequestLimit } from "./request_limit.ts";

const ORDERS = "GET /orders/historical/batch";
const ROOT = /^\/api\/v3\/brokerage\/|^\/(?=v2\/)/;

/** True for a path of Coinbase's: trading, or the list of assets of its older API. */
export function isCoinbasePath(path: string): boolean {
  return ROOT.test(path);
}

/** Rows of a page that a fault has cut. */
const SHORT_PAGE = 3;
const FILLS_MAX = 1_000, CANDLES_MAX = 350, TRADES_MAX = 1_000, BOOK_LEVELS = 50;
const TIMEFRAMES: Readonly<Record<string, string>> = {
  ONE_MINUTE: "1m",
  FIVE_MINUTE: "5m",
  FIFTEEN_MINUTE: "15m",
  THIRTY_MINUTE: "30m",
  ONE_HOUR: "1h",
  TWO_HOUR: "2h",
  SIX_HOUR: "6h",
  ONE_DAY: "1d",
};

/** A refusal of a request. */
class CoinbaseError extends Error {
  override readonly name = "CoinbaseError";
  constructor(readonly status: number, readonly error: string, message: string) {
    super(message);
  }
}

interface Configuration {
  readonly base_size?: string;
  readonly limit_price?: string;
  readonly stop_price?: string;
  readonly stop_direction?: string;
  readonly post_only?: boolean;
}

interface OrderBody {
  readonly client_order_id: string;
  readonly product_id: string;
  readonly side: string;
  readonly order_configuration: Readonly<Record<string, Configuration>>;
}

interface Call {
  readonly params: URLSearchParams;
  readonly body: string;
  /** The product or the order in the path. */
  readonly subject: string;
}

type Endpoint = readonly [deed: Deed, path: RegExp, isSigned: boolean, answer: (call: Call) => unknown];

/** Answers requests in the words of Coinbase Advanced Trade. */
export class CoinbaseApi {
  /** What it says of faults. */
  readonly words = COINBASE_FAULTS;
  readonly #endpoints: readonly Endpoint[];
  readonly #mishaps: Mishaps;

  constructor(
    readonly venue: LoopbackVenue,
    readonly limit: RequestLimit,
    readonly key: CoinbaseKey | null,
    readonly faults: Faults,
    readonly requestClock: FaultyClock,
  ) {
    this.#mishaps = new Mishaps(venue, faults);
    this.#endpoints = this.#table();
  }

  /** What a request asks for. */
  deedOf(request: Request): Deed {
    const call = this.#callOf(request);
    if (call === ORDERS && new URL(request.url).searchParams.getAll("order_status").includes("OPEN")) {
      return "open-orders";
    }
    return this.#endpoints.find(([, path]) => path.test(call))?.[0] ?? "other";
  }

  /** Method and path of a request below the root, as in `POST /orders`. */
  #callOf({ method, url }: Request): string {
    return `${method} /${new URL(url).pathname.replace(ROOT, "")}`;
  }

  async answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url), body = await request.text(), call = this.#callOf(request);
    spendElsewhere(this.faults, this.limit, this.deedOf(request));
    const admission = this.limit.admit(1);
    if (admission.kind !== "admitted") {
      const headers = { "retry-after": `${Math.ceil(admission.retryAfterMs / 1_000)}` };
      return problem(new CoinbaseError(429, "rate_limit_exceeded", "Too many requests"), headers);
    }
    for (const [, path, isSigned, answer] of this.#endpoints) {
      const match = path.exec(call);
      if (match === null) continue;
      const authorization = request.headers.get("authorization"), { method } = request;
      const why = isSigned
        ? tokenProblem({ method, path: pathname, authorization }, this.key, this.requestClock.now())
        : null;
      if (why !== null) return problem(new CoinbaseError(401, "unauthorized", `Unauthorized: ${why}`));
      try {
        return Response.json(answer({ params: searchParams, body, subject: match[1] ?? "" }));
      } catch (error) {
        if (error instanceof CoinbaseError) return problem(error);
        throw error;
      }
    }
    return problem(new CoinbaseError(404, "NOT_FOUND", `There is no ${call}.`));
  }

  #table(): Endpoint[] {
    const { venue } = this;
    const products = ({ params }: Call) => {
      const own = params.get("product_type") === "FUTURE" ? [] : venue.markets.map((market) => product(venue, market));
      return { products: own, num_products: own.length };
    };
    const candles = ({ params, subject }: Call) => this.#candles(this.#market(subject), params);
    const trades = ({ params, subject }: Call) => this.#trades(this.#market(subject), params);
    const book = ({ params }: Call) => this.#book(this.#market(params.get("product_id") ?? ""), params);
    return [
      ["time", /^GET \/time$/, false, () => this.#time()],
      ["time", /^GET \/v2\/time$/, false, () => {
        const { iso, epochSeconds } = this.#time();
        return { data: { iso, epoch: Number(epochSeconds) } };
      }],
      ["other", /^GET \/v2\/currencies$/, false, () => ({ data: [] })],
      ["other", /^GET \/v2\/currencies\/crypto$/, false, () => ({
        data: venue.assets().map((code) => ({ asset_id: code, code, name: code, exponent: 8, type: "crypto" })),
      })],
      ["other", /^GET \/v2\/exchange-rates$/, false, () => ({ data: { currency: "USD", rates: {} } })],
      ["markets", /^GET \/market\/products$/, false, products],
      ["markets", /^GET \/products$/, true, products],
      ["candles", /^GET \/market\/products\/([\w-]+)\/candles$/, false, candles],
      ["candles", /^GET \/products\/([\w-]+)\/candles$/, true, candles],
      ["trades", /^GET \/market\/products\/([\w-]+)\/ticker$/, false, trades],
      ["trades", /^GET \/products\/([\w-]+)\/ticker$/, true, trades],
      ["book", /^GET \/market\/product_book$/, false, book],
      ["book", /^GET \/product_book$/, true, book],
      [
        "other",
        /^GET \/transaction_summary$/,
        true,
        () => ({ fee_tier: { maker_fee_rate: "0.001", taker_fee_rate: "0.001" } }),
      ],
      ["other", /^GET \/key_permissions$/, true, () => ({
        can_view: true,
        can_trade: true,
        can_transfer: false,
        ...this.key?.permissions,
      })],
      ["balances", /^GET \/v2\/accounts$/, true, () => wallets(this.#balances())],
      ["balances", /^GET \/accounts$/, true, () => accounts(this.#balances())],
      ["place", /^POST \/orders$/, true, ({ body }) => this.#place(JSON.parse(body))],
      ["cancel", /^POST \/orders\/batch_cancel$/, true, ({ body }) => this.#cancelAll(JSON.parse(body).order_ids)],
      ["orders", /^GET \/orders\/historical\/batch$/, true, ({ params }) => this.#orders(params)],
      ["fills", /^GET \/orders\/historical\/fills$/, true, ({ params }) => this.#fills(params)],
      [
        "order",
        /^GET \/orders\/historical\/([\w-]+)$/,
        true,
        ({ subject }) => ({ order: coinbaseOrder(this.#order(subject)) }),
      ],
    ];
  }

  #balances() {
    this.venue.now();
    const { fault } = this.#mishaps.at("balances");
    return fault === "stale-snapshot" ? this.venue.balancesBefore() : this.venue.balances();
  }

  #time() {
    const nowMs = this.requestClock.told();
    return {
      iso: new Date(nowMs).toISOString(),
      epochSeconds: `${Math.floor(nowMs / 1_000)}`,
      epochMillis: `${nowMs}`,
    };
  }

  #market(id: string): LoopbackMarket {
    const market = this.venue.markets.find((own) => productId(own) === id);
    if (market === undefined) throw new CoinbaseError(404, "NOT_FOUND", "valid product_id is required");
    return market;
  }

  /** Newest first, with times in seconds. */
  #candles(market: LoopbackMarket, params: URLSearchParams) {
    const length = TIMEFRAMES[params.get("granularity") ?? ""], nowMs = this.venue.now();
    if (length === undefined) throw new CoinbaseError(400, "INVALID_ARGUMENT", "unsupported granularity");
    const limit = Math.min(Number(params.get("limit") ?? CANDLES_MAX), CANDLES_MAX);
    const fromMs = Number(params.get("start")) * 1_000, toMs = Number(params.get("end")) * 1_000;
    const rows = historyCandles(market, timeframe(length), { fromMs, toMs, limit, nowMs }).map((own) => [
      own.openTimeMs,
      ...[own.open, own.high, own.low, own.close].map(String),
      own.volume.toFixed(8),
    ]);
    const fault = this.faults.draw("candles", "candles");
    const told = (fault === null ? rows : withCandleFault(rows, fault)).map((
      [time, open, high, low, close, volume],
    ) => ({
      start: `${Math.floor(Number(time) / 1_000)}`,
      open,
      high,
      low,
      close,
      volume,
    }));
    return { candles: told.reverse() };
  }

  /** One trade for each minute, at its close, newest first, and the best prices. */
  #trades(market: LoopbackMarket, params: URLSearchParams) {
    const nowMs = this.venue.now(), count = Math.min(Number(params.get("limit") ?? 100), TRADES_MAX);
    const { bids: [bid], asks: [ask] } = bookLevels(this.venue, market, 1), last = lastWholeMinute(nowMs);
    const trades = publicTrades(market, last - count + 1, count).map(({ id, timeMs, price, quantity, side }) => ({
      trade_id: `${id}`,
      product_id: productId(market),
      price: `${price}`,
      size: quantity.toFixed(8),
      time: new Date(timeMs).toISOString(),
      side: side.toUpperCase(),
    })).reverse();
    return { trades, best_bid: bid![0], best_ask: ask![0] };
  }

  #book(market: LoopbackMarket, params: URLSearchParams) {
    const { bids, asks } = bookLevels(
      this.venue,
      market,
      Math.min(Number(params.get("limit") ?? BOOK_LEVELS), BOOK_LEVELS),
    );
    const levels = (side: readonly (readonly string[])[]) => side.map(([price, size]) => ({ price, size }));
    const time = new Date(this.venue.now()).toISOString();
    return { pricebook: { product_id: productId(market), bids: levels(bids), asks: levels(asks), time } };
  }

  /** A name that was used before finds its order, whatever became of that. */
  #place(body: OrderBody) {
    const { client_order_id, product_id, side, order_configuration } = body;
    const known = this.venue.orders.find(({ clientOrderId }) => clientOrderId === client_order_id);
    this.#mishaps.at("place", { market: this.#market(product_id) }, isTold);
    const placed = known ?? this.venue.place(this.#request(body));
    if (typeof placed === "string") return refused(COINBASE_REFUSALS[placed]);
    const success_response = { order_id: coinbaseOrderId(placed), product_id, side, client_order_id };
    return { success: true, success_response, order_configuration };
  }

  #request({ client_order_id, product_id, side, order_configuration }: OrderBody): LoopbackRequest {
    const [name, own] = Object.entries(order_configuration)[0] ?? ["", {}];
    if (own.base_size === undefined) throw new CoinbaseError(400, "INVALID_ARGUMENT", "base_size is required");
    return {
      symbol: this.#market(product_id).symbol,
      clientOrderId: client_order_id,
      side: side === "BUY" ? "buy" : "sell",
      kind: name.startsWith("market_") ? "market" : name.startsWith("stop_limit") ? "stop-limit" : "limit",
      timeInForce: name === "sor_limit_ioc" ? "IOC" : name === "limit_limit_fok" ? "FOK" : "GTC",
      postOnly: own.post_only ?? false,
      quantity: own.base_size,
      ...(own.limit_price === undefined ? {} : { price: own.limit_price }),
      ...(own.stop_price === undefined ? {} : { triggerPrice: own.stop_price }),
    };
  }

  #order(id: string): LoopbackOrder {
    this.venue.now();
    const isStale = this.#mishaps.at("order").fault === "stale-snapshot";
    const order = (isStale ? stale(this.venue.orders) : this.venue.orders).find((own) => coinbaseOrderId(own) === id);
    if (order === undefined) throw new CoinbaseError(404, "NOT_FOUND", "order not found");
    return order;
  }

  /** Each for itself; a half of them may be left undone. */
  #cancelAll(ids: readonly string[]) {
    const first = this.venue.orders.find((own) => coinbaseOrderId(own) === ids[0]);
    const mishap = this.#mishaps.at("cancel", first === undefined ? {} : { order: first }, isTold);
    const done = mishap.fault === "half-done" ? Math.floor(ids.length / 2) : ids.length;
    const results = ids.map((id, i) => i < done ? this.#cancel(id) : notCancelled(id));
    mishap.after(first);
    return { results };
  }

  #cancel(order_id: string) {
    const order = this.venue.orders.find((own) => coinbaseOrderId(own) === order_id);
    const success = order !== undefined && this.venue.cancel(order);
    return success ? { success, failure_reason: "UNKNOWN_CANCEL_FAILURE_REASON", order_id } : notCancelled(order_id);
  }

  /** Newest first. */
  #orders(params: URLSearchParams) {
    this.venue.now();
    const product = params.get("product_id") ?? params.get("product_ids"), states = params.getAll("order_status");
    const deed = states.includes("OPEN") ? "open-orders" : "orders";
    const isStale = this.#mishaps.at(deed).fault === "stale-snapshot";
    const orders = (isStale ? stale(this.venue.orders) : this.venue.orders).filter(({ market }) =>
      product === null || productId(market) === product
    )
      .map(coinbaseOrder).filter(({ status }) => states.length === 0 || states.includes(String(status))).reverse();
    return { orders: orders.slice(0, Number(params.get("limit") ?? 1_000)), has_next: false, cursor: "" };
  }

  /** Newest first. */
  #fills(params: URLSearchParams) {
    this.venue.now();
    const product = params.get("product_id") ?? params.get("product_ids");
    const fromMs = Date.parse(params.get("start_sequence_timestamp") ?? "1970-01-01T00:00:00Z");
    const toMs = Date.parse(params.get("end_sequence_timestamp") ?? "9999-01-01T00:00:00Z");
    const { fault } = this.#mishaps.at("fills");
    const all = fault === "stale-snapshot" ? this.venue.fills.slice(0, -1) : this.venue.fills;
    // A cursor is the number of the last fill that was told.
    const before = Number(params.get("cursor") || Infinity);
    const found = all.filter(({ order, timeMs, number }) =>
      (product === null || productId(order.market) === product) && timeMs >= fromMs && timeMs < toMs && number < before
    ).reverse();
    const limit = Math.min(Number(params.get("limit") ?? 100), fault === "short-page" ? SHORT_PAGE : FILLS_MAX);
    const fills = found.slice(0, limit), cursor = found.length > limit ? String(fills.at(-1)!.number) : "";
    return { fills: fills.map(fault === "fee-missing" ? coinbaseFillWithoutFee : coinbaseFill), cursor };
  }
}

function notCancelled(order_id: string) {
  return { success: false, failure_reason: "UNKNOWN_CANCEL_ORDER", order_id };
}

/** Its orders are not replaced, its answers to a cancel state no amounts, and all its fees are in the quote asset. */
function isTold(fault: FaultName): boolean {
  return fault !== "cancel-misstates" && fault !== "fee-elsewhere";
}

function refused(reason: string) {
  const error_response = { error: reason, message: reason, error_details: "", preview_failure_reason: reason };
  return { success: false, failure_reason: reason, error_response };
}

function problem({ status, error, message }: CoinbaseError, headers: Record<string, string> = {}): Response {
  return Response.json({ error, error_description: message, error_details: message, message }, { status, headers });
}
