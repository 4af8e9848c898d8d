// Coinbase's WebSocket over a loopback venue: best prices, trades, the book, and the account's orders. Source: Coinbase
// Developer Documentation, "WebSocket Overview" and "WebSocket Channels". It has no channel of fills or of balances.
import type { Clock } from "../../time/mod.ts";
import { type BookLevels, bookLevels, changedLevels, type TextLevel } from "./book_levels.ts";
import { ClientSocket, type StreamDialect } from "./client_socket.ts";
import { coinbaseOrderUpdate, productId } from "./coinbase_answers.ts";
import { type CoinbaseKey, tokenProblem } from "./coinbase_token.ts";
import type { Faults } from "./faults.ts";
import type { LoopbackMarket } from "./loopback_market.ts";
import type { LoopbackOrder, LoopbackVenue, VenueNews } from "./loopback_venue.ts";
import { lastWholeMinute, publicTrades } from "./public_trades.ts";
import { SocketFaults } from "./socket_faults.ts";

const BOOK_LEVELS = 50;

/** One client's connection: the channels that it is subscribed to, and what it has been told. */
export class CoinbaseStreams implements StreamDialect {
  /** Its streams are a channel and a product, as in `ticker BTC-USDT`. */
  readonly #client: ClientSocket;
  readonly #lastBook = new Map<string, BookLevels>();
  readonly #lastTrade = new Map<string, number>();
  readonly #faults: SocketFaults;
  #sequence = 0;

  /** @param isSilent True while the connection stays open and nothing comes through it. */
  constructor(
    readonly venue: LoopbackVenue,
    socket: WebSocket,
    readonly key: CoinbaseKey | null,
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

  hear(message: { type?: string; channel?: string; product_ids?: unknown; jwt?: string }): void {
    const { type, channel = "", jwt } = message, { subscribed } = this.#client;
    const products = Array.isArray(message.product_ids) ? message.product_ids.map(String) : [];
    if (type === "unsubscribe") products.forEach((product) => subscribed.delete(`${channel} ${product}`));
    if (type !== "subscribe") return;
    if (channel === "user") this.#subscribeUser(jwt, products);
    else products.forEach((product) => subscribed.add(`${channel} ${product}`));
    this.#faults.send(this.#message("subscriptions", { subscriptions: { [channel]: products } }));
  }

  /** Tells of the account's orders from now on, the open ones first. */
  #subscribeUser(jwt: string | undefined, products: readonly string[]): void {
    const authorization = `Bearer ${jwt}`;
    const why = tokenProblem({ method: null, path: "", authorization }, this.key, this.requestClock.now());
    if (why !== null) return this.#faults.send({ type: "error", message: `authentication failure: ${why}` });
    this.venue.now();
    const open = this.venue.openOrders().filter(({ market }) => products.includes(productId(market)));
    this.#faults.send(this.#user("snapshot", open));
    this.#client.listen();
  }

  readonly onNews = (news: VenueNews): void => {
    if (news.kind === "order") this.#faults.tellNews([this.#user("update", [news.order])]);
  };

  #user(type: string, orders: readonly LoopbackOrder[]) {
    return this.#message("user", { type, orders: orders.map(coinbaseOrderUpdate) });
  }

  #message(channel: string, event: unknown) {
    const timestamp = new Date(this.venue.clock.now()).toISOString();
    return { channel, client_id: "", timestamp, sequence_num: this.#sequence++, events: [event] };
  }

  tell(name: string): void {
    const [channel = "", product = ""] = name.split(" ");
    const market = this.venue.markets.find((own) => productId(own) === product);
    if (market === undefined) return;
    if (channel === "ticker" || channel === "ticker_batch") this.#tellTicker(channel, market);
    else if (channel === "market_trades") this.#tellTrades(name, market);
    else if (channel === "level2") this.#tellBook(name, market);
  }

  #tellTicker(channel: string, market: LoopbackMarket): void {
    const { bids: [bid], asks: [ask] } = bookLevels(this.venue, market, 1), price = `${this.venue.lastPrice(market)}`;
    const best = { best_bid: bid![0], best_bid_quantity: bid![1], best_ask: ask![0], best_ask_quantity: ask![1] };
    const ticker = { type: "ticker", product_id: productId(market), price, ...best };
    this.#faults.tellFrame(this.#message(channel, { type: "update", tickers: [ticker] }));
  }

  /** Trades that are new to this connection. */
  #tellTrades(name: string, market: LoopbackMarket): void {
    const last = lastWholeMinute(this.venue.now()), before = this.#lastTrade.get(name) ?? last - 1;
    const product_id = productId(market);
    const trades = publicTrades(market, before + 1, last - before).map(({ id, timeMs, price, quantity, side }) => {
      const time = new Date(timeMs).toISOString(), size = quantity.toFixed(8);
      return { trade_id: `${id}`, product_id, price: `${price}`, size, side: side.toUpperCase(), time };
    }).reverse();
    this.#lastTrade.set(name, last);
    if (trades.length > 0) this.#faults.tellFrame(this.#message("market_trades", { type: "update", trades }));
  }

  /** All of the book at first, then what has changed. */
  #tellBook(name: string, market: LoopbackMarket): void {
    const book = bookLevels(this.venue, market, BOOK_LEVELS), before = this.#lastBook.get(name);
    if (before !== undefined && book.lastUpdateId <= before.lastUpdateId) return;
    this.#lastBook.set(name, book);
    const event_time = new Date(this.venue.now()).toISOString();
    const told = (side: string, levels: readonly TextLevel[]) =>
      levels.map(([price_level, new_quantity]) => ({ side, event_time, price_level, new_quantity }));
    const updates = [
      ...told("bid", changedLevels(before?.bids ?? [], book.bids)),
      ...told("offer", changedLevels(before?.asks ?? [], book.asks)),
    ];
    const type = before === undefined ? "snapshot" : "update";
    const message = this.#message("l2_data", { type, product_id: productId(market), updates });
    // The number of the message that is left out is gone with it.
    if (before !== undefined && this.#faults.skipsBook()) return;
    this.#faults.tellFrame(message);
  }
}
