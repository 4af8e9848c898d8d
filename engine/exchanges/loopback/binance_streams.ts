// Binance's spot streams over a loopback venue: candles, trades, best prices, the book and the account's own news. Source:
// Binance Spot API documentation, "WebSocket Streams", "WebSocket API" and "User Data Streams".
import { barOpen, type Clock, DAY_MS, timeframe } from "../../time/mod.ts";
import type { LoopbackKey } from "./binance_api.ts";
import { balanceUpdate, BinanceError, executionReport, venueSymbol } from "./binance_answers.ts";
import { type BookLevels, bookLevels, changedLevels } from "./book_levels.ts";
import { checkSignature } from "./binance_signature.ts";
import { ClientSocket, type StreamDialect } from "./client_socket.ts";
import { candleOf, type HistoryCandle } from "./candle_history.ts";
import type { Faults } from "./faults.ts";
import type { LoopbackMarket } from "./loopback_market.ts";
import type { LoopbackVenue, VenueNews } from "./loopback_venue.ts";
import { SocketFaults } from "./socket_faults.ts";

const BOOK_LEVELS = 100;

/** One client's connection: what it is subscribed to, and what it has been told. */
export class BinanceStreams implements StreamDialect {
  /** Its streams are as in `btcusdt@trade`. */
  readonly #client: ClientSocket;
  readonly #lastCandle = new Map<string, HistoryCandle>();
  readonly #lastPrice = new Map<string, number>();
  readonly #faults: SocketFaults;
  #updates = 0;
  readonly #lastBook = new Map<string, BookLevels>();

  /** @param isSilent True while the connection stays open and nothing comes through it. */
  constructor(
    readonly venue: LoopbackVenue,
    socket: WebSocket,
    readonly key: LoopbackKey,
    faults: Faults,
    readonly requestClock: Clock,
    isSilent: () => boolean,
  ) {
    this.#faults = new SocketFaults(socket, faults, isSilent);
    this.#client = new ClientSocket(venue, socket, this);
  }

  close(): void {
    this.#client.close();
  }

  hear(message: { method?: string; params?: unknown; id?: number | string }): void {
    if (message.method === "userDataStream.subscribe.signature") return this.#subscribeUser(message.id, message.params);
    const names = Array.isArray(message.params) ? message.params.map(String) : [];
    for (const name of names) {
      if (message.method === "SUBSCRIBE") this.#subscribe(name);
      else if (message.method === "UNSUBSCRIBE") this.#client.subscribed.delete(name);
    }
    this.#faults.send({ result: null, id: message.id });
  }

  /** Tells of a stream from now on; of the book at once, as changes count from there. */
  #subscribe(name: string): void {
    this.#client.subscribed.add(name);
    if (name.includes("@depth")) this.tell(name);
  }

  /** Tells of the account from now on. */
  #subscribeUser(id: number | string | undefined, params: unknown): void {
    try {
      const given = params as Record<string, string | number>, { signature, ...signed } = given;
      const query = Object.keys(signed).sort().map((name) => `${name}=${signed[name]}`).join("&");
      const apiKey = String(given.apiKey);
      checkSignature({ query: `${query}&signature=${signature}`, body: "", apiKey }, this.key, this.requestClock.now());
    } catch (error) {
      if (!(error instanceof BinanceError)) throw error;
      return this.#faults.send({ id, status: error.status, error: { code: error.code, msg: error.message } });
    }
    this.#client.listen();
    this.#faults.send({ id, status: 200, result: { subscriptionId: 0 }, rateLimits: [] });
  }

  readonly onNews = (news: VenueNews): void => {
    if (news.kind === "transfer") {
      const event = balanceUpdate(news.asset, news.amount, this.venue.now());
      return this.#faults.tellNews([{ subscriptionId: 0, event }]);
    }
    const { order, fill } = news, report = executionReport(order, fill);
    // Of the assets that it may have changed.
    const assets = new Set([...order.market.symbol.split("/"), ...(fill === null ? [] : [fill.feeAsset])]);
    const balances = this.venue.balances(assets).map(told);
    const position = { e: "outboundAccountPosition", E: report.E, u: report.E, B: balances };
    this.#faults.tellNews([report, position].map((event) => ({ subscriptionId: 0, event })));
  };

  tell(name: string): void {
    const [symbol = "", kind = ""] = name.split("@");
    const market = this.venue.markets.find((own) => venueSymbol(own).toLowerCase() === symbol);
    if (market === undefined) return;
    if (kind.startsWith("kline_")) this.#tellCandle(name, market, kind.slice("kline_".length));
    else if (kind === "trade" || kind === "aggTrade") this.#tellTrade(name, market, kind);
    else if (kind === "bookTicker") this.#tellBest(market);
    else if (kind === "ticker" || kind === "miniTicker") this.#tellTicker(market, kind);
    else if (kind.startsWith("depth")) this.#tellBook(name, market);
  }

  /** A candle that has closed since is told once more, as closed. */
  #tellCandle(name: string, market: LoopbackMarket, length: string): void {
    const tf = timeframe(length), nowMs = this.venue.now(), before = this.#lastCandle.get(name);
    if (before !== undefined && before.closeTimeMs <= nowMs) {
      const whole = candleOf(market, tf, before.openTimeMs, nowMs);
      if (whole !== null) this.#faults.tellFrame(candleEvent(market, length, whole, nowMs, true));
      this.#lastCandle.delete(name);
    }
    const candle = candleOf(market, tf, barOpen(tf, nowMs), nowMs);
    if (candle === null) return;
    this.#lastCandle.set(name, candle);
    this.#faults.tellFrame(candleEvent(market, length, candle, nowMs, false));
  }

  #tellTrade(name: string, market: LoopbackMarket, kind: string): void {
    const nowMs = this.venue.now(), price = this.venue.lastPrice(market), before = this.#lastPrice.get(name) ?? price;
    this.#lastPrice.set(name, price);
    const id = ++this.#updates,
      trade = { E: nowMs, s: venueSymbol(market), p: `${price}`, q: market.lot, T: nowMs, m: price < before, M: true };
    this.#faults.tellFrame(
      kind === "trade" ? { e: kind, ...trade, t: id } : { e: kind, ...trade, a: id, f: id, l: id },
    );
  }

  #tellBest(market: LoopbackMarket): void {
    const { bids: [bid], asks: [ask], lastUpdateId } = bookLevels(this.venue, market, 1);
    this.#faults.tellFrame({ u: lastUpdateId, s: venueSymbol(market), b: bid![0], B: bid![1], a: ask![0], A: ask![1] });
  }

  /** What has changed in the book since this connection was told last; at first all of it. */
  #tellBook(name: string, market: LoopbackMarket): void {
    const book = bookLevels(this.venue, market, BOOK_LEVELS), before = this.#lastBook.get(name);
    if (before !== undefined && book.lastUpdateId <= before.lastUpdateId) return;
    this.#lastBook.set(name, book);
    if (before !== undefined && this.#faults.skipsBook()) return;
    this.#faults.tellFrame({
      e: "depthUpdate",
      E: this.venue.now(),
      s: venueSymbol(market),
      U: (before?.lastUpdateId ?? book.lastUpdateId - 1) + 1,
      u: book.lastUpdateId,
      b: changedLevels(before?.bids ?? [], book.bids),
      a: changedLevels(before?.asks ?? [], book.asks),
    });
  }

  #tellTicker(market: LoopbackMarket, kind: "ticker" | "miniTicker"): void {
    const { bids: [bid], asks: [ask] } = bookLevels(this.venue, market, 1), nowMs = this.venue.now();
    const last = `${this.venue.lastPrice(market)}`;
    this.#faults.tellFrame({
      e: kind === "ticker" ? "24hrTicker" : "24hrMiniTicker",
      E: nowMs,
      s: venueSymbol(market),
      c: last,
      o: last,
      h: last,
      l: last,
      b: bid![0],
      B: bid![1],
      a: ask![0],
      A: ask![1],
      v: "0",
      q: "0",
      O: nowMs - DAY_MS,
      C: nowMs,
    });
  }
}

const told = ({ asset, free, locked }: { asset: string; free: string; locked: string }) => ({
  a: asset,
  f: free,
  l: locked,
});

function candleEvent(market: LoopbackMarket, length: string, candle: HistoryCandle, nowMs: number, isClosed: boolean) {
  const s = venueSymbol(market);
  return {
    e: "kline",
    E: nowMs,
    s,
    k: {
      t: candle.openTimeMs,
      T: candle.closeTimeMs - 1,
      s,
      i: length,
      f: 1,
      L: 1,
      o: `${candle.open}`,
      c: `${candle.close}`,
      h: `${candle.high}`,
      l: `${candle.low}`,
      v: candle.volume.toFixed(8),
      n: candle.minutes,
      x: isClosed,
      q: (candle.volume * candle.close).toFixed(8),
      V: (candle.volume / 2).toFixed(8),
      Q: "0",
    },
  };
}
