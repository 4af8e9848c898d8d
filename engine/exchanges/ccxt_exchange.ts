import type { Outcome } from "../errors/mod.ts";
import type { RequestUse } from "../market/mod.ts";
import type { Timeframe, TimestampMs } from "../time/mod.ts";
import { type Call, during, newCall } from "./call.ts";
import { type Capabilities, capabilitiesOf } from "./capabilities.ts";
import type { CcxtClient } from "./ccxt_client.ts";
import type { Dialect } from "./dialect.ts";
import { allFills, type FillPage } from "./fill_pages.ts";
import type {
  Balance,
  Book,
  Exchange,
  HistoryQuery,
  KeyPermissions,
  Market,
  OrderRequest,
  Ticker,
  VenueCandle,
  VenueFill,
  VenueFunding,
  VenueOrder,
  VenueTrade,
} from "./exchange.ts";
import {
  balancesOf,
  bookOf,
  candleOf,
  fillOf,
  fundingOf,
  marketOf,
  momentOf,
  orderOf,
  rowsOf,
  tickerOf,
  tradeOf,
} from "./frames.ts";
import { BadFrame, failureOutcome } from "./outcome_of.ts";
import { watched } from "./watched.ts";

/** A venue through ccxt: the same adapter for all of them, with a dialect each. */
export class CcxtExchange implements Exchange {
  readonly id: string;
  readonly capabilities: Capabilities;
  readonly #client: CcxtClient;
  readonly #dialect: Dialect;
  readonly #signal: AbortSignal | undefined;
  /** What the schemas did not let through. */
  #unfit = 0;
  /** The library's own symbols by ours: a contract is `BTC/USDT:USDT` there. */
  #symbols: Promise<ReadonlyMap<string, string>> | null = null;

  /** @param signal Ends the calls that are under way, and refuses others. */
  constructor(client: CcxtClient, dialect: Dialect, signal?: AbortSignal) {
    this.id = dialect.id;
    this.#client = client;
    this.#dialect = dialect;
    this.#signal = signal;
    const { candlesPerRequest, requestExpiryMs, tradesById = false } = dialect;
    this.capabilities = capabilitiesOf(client.has, Object.keys(client.timeframes ?? {}), {
      candlesPerRequest,
      requestExpiryMs,
      tradesById,
      clientOrderIds: client.has.createOrder === true &&
        (client.has.fetchOrder === true || client.has.fetchOrders === true),
    });
  }

  get frames(): number {
    return this.#client.frames;
  }

  get badFrames(): number {
    return this.#unfit + this.#client.droppedFrames;
  }

  markets(): Promise<Outcome<readonly Market[]>> {
    return this.#read("data", async () => {
      const markets = await this.#loadMarkets(), symbols = symbolsOf(markets);
      if (symbols.size > 0) this.#symbols = Promise.resolve(symbols);
      return markets.map(([, market]) => market);
    });
  }

  async time(): Promise<Outcome<TimestampMs>> {
    if (this.#client.has.fetchTime !== true) {
      return { kind: "refused", code: "not-supported", reason: `${this.id} does not tell its time` };
    }
    return await this.#read("query", async () => momentOf(await this.#client.fetchTime()));
  }

  candles(query: HistoryQuery & { readonly timeframe: Timeframe }): Promise<Outcome<readonly VenueCandle[]>> {
    const limit = Math.min(query.limit ?? Infinity, this.#dialect.candlesPerRequest);
    return this.#read("data", async () => {
      const symbol = await this.#symbol(query.symbol);
      const rows = await this.#client.fetchOHLCV(symbol, query.timeframe, query.fromMs, limit, this.#until(query));
      return inRange(rowsOf(rows, candleOf, "candles"), query, ({ openTimeMs }) => openTimeMs);
    });
  }

  trades(query: HistoryQuery & { readonly fromId?: string }): Promise<Outcome<readonly VenueTrade[]>> {
    return this.#read("data", async () => {
      const symbol = await this.#symbol(query.symbol);
      const isById = query.fromId !== undefined;
      const rows = await this.#client.fetchTrades(
        symbol,
        isById ? undefined : query.fromMs,
        query.limit,
        isById ? { fromId: query.fromId } : this.#until(query),
      );
      return inRange(rowsOf(rows, tradeOf, "trades"), query, ({ timeMs }) => timeMs);
    });
  }

  ticker(symbol: string): Promise<Outcome<Ticker>> {
    return this.#read("data", async () => tickerOf(await this.#client.fetchTicker(await this.#symbol(symbol))));
  }

  book(symbol: string, depth?: number): Promise<Outcome<Book>> {
    return this.#read("data", async () => bookOf(await this.#client.fetchOrderBook(await this.#symbol(symbol), depth)));
  }

  funding(query: HistoryQuery): Promise<Outcome<readonly VenueFunding[]>> {
    const limit = query.limit ?? this.#dialect.fundingPerRequest;
    return this.#read("data", async () => {
      const symbol = await this.#symbol(query.symbol);
      const rows = await this.#client.fetchFundingRateHistory(symbol, query.fromMs, limit, this.#until(query));
      return inRange(rowsOf(rows, fundingOf, "settlements"), query, ({ timeMs }) => timeMs);
    });
  }

  async keyPermissions(): Promise<Outcome<KeyPermissions>> {
    const { permissions } = this.#dialect;
    if (permissions === null) {
      return { kind: "refused", code: "not-supported", reason: `${this.id} does not tell what a key may do` };
    }
    return await this.#read("query", async () => permissions.read(await this.#client[permissions.method]!({})));
  }

  balances(): Promise<Outcome<readonly Balance[]>> {
    return this.#read("query", async () => balancesOf(await this.#client.fetchBalance()));
  }

  openOrders(symbol: string): Promise<Outcome<readonly VenueOrder[]>> {
    return this.#read(
      "query",
      async () => rowsOf(await this.#client.fetchOpenOrders(await this.#symbol(symbol)), orderOf, "orders"),
    );
  }

  async order(symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> {
    const byName = this.#dialect.byName(clientOrderId);
    if (byName === null) return await this.#orderAmongAll(symbol, clientOrderId);
    return await this.#read(
      "query",
      async () => namedOrder(await this.#client.fetchOrder(undefined, await this.#symbol(symbol), byName)),
    );
  }

  fills(query: HistoryQuery): Promise<Outcome<readonly VenueFill[]>> {
    return this.#read("query", async () => {
      const symbol = await this.#symbol(query.symbol);
      const ask = async ({ fromMs, toMs, fromId }: FillPage) => {
        const parameters = fromId === null ? toMs === null ? {} : this.#dialect.until(toMs) : { fromId };
        const since = fromId === null ? fromMs : undefined;
        return rowsOf(await this.#client.fetchMyTrades(symbol, since, query.limit, parameters), fillOf, "fills");
      };
      const { fromMs, toMs = null, limit } = query,
        { fillPaging: paging, fillsPerPage: rowsMin, fillSpanMs: lengthMs } = this.#dialect;
      const untilMs = toMs ?? this.#client.milliseconds() as TimestampMs;
      const rows = limit === undefined
        ? await allFills(ask, { paging, rowsMin }, fromMs, toMs, lengthMs === undefined ? null : { lengthMs, untilMs })
        : [...await ask({ fromMs, toMs, fromId: null })];
      return inRange(rows, query, ({ timeMs }) => timeMs);
    });
  }

  orders(query: HistoryQuery): Promise<Outcome<readonly VenueOrder[]>> {
    return this.#read("query", async () => {
      const symbol = await this.#symbol(query.symbol);
      const rows = await this.#client.fetchOrders(symbol, query.fromMs, query.limit, this.#until(query));
      return inRange(rowsOf(rows, orderOf, "orders"), query, ({ timeMs }) => timeMs ?? query.fromMs);
    });
  }

  submit(order: OrderRequest, lastLook?: () => string | null): Promise<Outcome<VenueOrder>> {
    return this.#call(newCall("order", "order", this.#signal, lastLook), async () => {
      const symbol = await this.#symbol(order.symbol), { side, quantity } = order;
      const limitPrice = order.limitPrice ?? this.#limitOfStop(symbol, order);
      const type = limitPrice === null ? "market" : "limit";
      // Spot venues have no such orders: Binance refuses the word, the library closes a position of contracts at Coinbase.
      const isContract = symbol.includes(":"), reduceOnly = order.reduceOnly && isContract;
      const parameters = this.#dialect.orderParameters({ ...order, reduceOnly });
      return namedOrder(
        await this.#client.createOrder(symbol, type, side, quantity, limitPrice ?? undefined, parameters),
      );
    });
  }

  /** Null where a stop needs none. */
  #limitOfStop(symbol: string, { side, triggerPrice }: OrderRequest): string | null {
    const { stopLimitShare } = this.#dialect;
    if (triggerPrice === null || stopLimitShare === undefined) return null;
    const limit = Number(triggerPrice) * (side === "sell" ? 1 - stopLimitShare : 1 + stopLimitShare);
    return this.#client.priceToPrecision(symbol, limit);
  }

  async cancel(symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> {
    const byName = this.#dialect.byName(clientOrderId);
    let id: string | undefined;
    if (byName === null) {
      const found = await this.order(symbol, clientOrderId);
      if (found.kind !== "done") return found.kind === "unknown" ? { ...found, kind: "notSent" } : found;
      id = found.value.id ?? undefined;
    }
    return await this.#call(
      newCall("cancel", "cancel", this.#signal),
      async () => namedOrder(await this.#client.cancelOrder(id, await this.#symbol(symbol), byName ?? {})),
    );
  }

  watchCandles(symbol: string, timeframe: Timeframe, signal: AbortSignal): AsyncGenerator<VenueCandle> {
    return this.#rows(symbol, (own) => this.#client.watchOHLCV(own, timeframe), candleOf, signal);
  }

  watchTrades(symbol: string, signal: AbortSignal): AsyncGenerator<VenueTrade> {
    return this.#rows(symbol, (own) => this.#client.watchTrades(own), tradeOf, signal);
  }

  watchTicker(symbol: string, signal: AbortSignal): AsyncGenerator<Ticker> {
    return this.#rows(symbol, async (own) => [await this.#client.watchTicker(own)], tickerOf, signal);
  }

  watchBook(symbol: string, signal: AbortSignal): AsyncGenerator<Book> {
    return this.#rows(symbol, async (own) => [await this.#client.watchOrderBook(own)], bookOf, signal);
  }

  watchOrders(symbol: string, signal: AbortSignal): AsyncGenerator<VenueOrder> {
    return this.#rows(symbol, (own) => this.#client.watchOrders(own), orderOf, signal);
  }

  watchFills(symbol: string, signal: AbortSignal): AsyncGenerator<VenueFill> {
    return this.#rows(symbol, (own) => this.#client.watchMyTrades(own), fillOf, signal);
  }

  watchBalances(signal: AbortSignal): AsyncGenerator<readonly Balance[]> {
    return this.#rows(null, async () => [await this.#client.watchBalance()], balancesOf, signal);
  }

  /** What a socket brings, row by row; rows that are not what they must be are counted and left out. */
  async *#rows<T>(
    symbol: string | null,
    next: (own: string) => Promise<unknown>,
    rowOf: (row: unknown) => T,
    signal: AbortSignal,
  ): AsyncGenerator<T> {
    const own = symbol === null ? "" : await this.#symbol(symbol);
    for await (const rows of watched(() => next(own), signal, () => this.#unfit++)) {
      for (const row of Array.isArray(rows) ? rows : [rows]) {
        let checked: T;
        try {
          checked = rowOf(row);
        } catch (error) {
          if (!(error instanceof BadFrame)) throw error;
          this.#unfit++;
          continue;
        }
        yield checked;
      }
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** Where a venue cannot be asked by name, all that it tells of the market's orders is looked through. */
  async #orderAmongAll(symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> {
    const own = { symbol: "" };
    const lists = [
      () => this.#client.fetchOpenOrders(own.symbol),
      ...(["fetchOrders", "fetchClosedOrders", "fetchCanceledOrders"] as const)
        .filter((method) => this.#client.has[method] === true)
        .map((method) => () => this.#client[method](own.symbol)),
    ];
    for (const list of lists) {
      const orders = await this.#read("query", async () => {
        own.symbol = await this.#symbol(symbol);
        return rowsOf(await list(), orderOf, "orders");
      });
      if (orders.kind !== "done") return orders;
      const found = orders.value.find((order) => order.clientOrderId === clientOrderId);
      if (found !== undefined) return { kind: "done", value: found };
    }
    return { kind: "refused", code: "order-not-found", reason: `no order of ${symbol} has the name ${clientOrderId}` };
  }

  #read<T>(use: RequestUse, work: () => Promise<T>): Promise<Outcome<T>> {
    return this.#call(newCall(use, "none", this.#signal), work);
  }

  async #call<T>(call: Call, work: () => Promise<T>): Promise<Outcome<T>> {
    try {
      return { kind: "done", value: await during(call, work) };
    } catch (error) {
      return failureOutcome(error, call, this.#dialect);
    }
  }

  /** The library's symbol of ours; the venue's markets are loaded with the first one. */
  async #symbol(symbol: string): Promise<string> {
    this.#symbols ??= this.#loadSymbols();
    const symbols = await this.#symbols.catch((error) => {
      this.#symbols = null; // the next call tries again
      throw error;
    });
    const own = symbols.get(symbol);
    if (own === undefined) throw new BadSymbol(`${this.id} has no market ${symbol}`);
    return own;
  }

  async #loadSymbols(): Promise<ReadonlyMap<string, string>> {
    const symbols = symbolsOf(await this.#loadMarkets());
    if (symbols.size === 0) throw new BadFrame(`${this.id} lists no market that can be traded`);
    return symbols;
  }

  /**
   * The venue's markets of our kind by the library's symbols, from the venue: the library would give a list that failed
   * before for ever. One that is no market is counted and left out, and the others stay.
   */
  async #loadMarkets(): Promise<(readonly [own: string, market: Market])[]> {
    const { kind } = this.#dialect;
    return Object.entries(await this.#client.loadMarkets(true)).flatMap(([own, value]) => {
      try {
        const market = marketOf(value);
        return market === null || (kind !== "any" && market.kind !== kind) ? [] : [[own, market] as const];
      } catch (error) {
        if (!(error instanceof BadFrame)) throw error;
        this.#unfit++;
        return [];
      }
    });
  }

  #until({ toMs }: HistoryQuery): Record<string, unknown> {
    return toMs === undefined ? {} : this.#dialect.until(toMs);
  }
}

/** An order that the venue gives a number: an answer without one says nothing of it. */
function namedOrder(value: unknown): VenueOrder {
  const order = orderOf(value);
  if (order.id === null) throw new BadFrame("the order has no number");
  return order;
}

/** Named as the library's class, so that it is sorted as that is. */
class BadSymbol extends Error {
  override readonly name = "BadSymbol";
}

/** The library's symbols by ours: where a venue has spot and contracts of one pair, the spot market has the plain name. */
function symbolsOf(markets: readonly (readonly [own: string, market: Market])[]): ReadonlyMap<string, string> {
  const symbols = new Map<string, string>();
  for (const [own, { symbol }] of markets) {
    if (own === symbol || !symbols.has(symbol)) symbols.set(symbol, own);
  }
  return symbols;
}

/** Rows in time order and in the range that was asked for, whatever the venue sent. */
function inRange<T>(
  rows: T[],
  { fromMs, toMs = Infinity as TimestampOrNever }: HistoryQuery,
  timeOf: (row: T) => number,
): T[] {
  return rows.filter((row) => timeOf(row) >= fromMs && timeOf(row) < toMs).sort((a, b) => timeOf(a) - timeOf(b));
}
type TimestampOrNever = NonNullable<HistoryQuery["toMs"]>;
