import type { ClientOrderId } from "../orders/mod.ts";
import { reachesLimit } from "./matching.ts";
import { OrderIndex } from "./order_index.ts";
import type { OrderNews } from "./order_news.ts";
import { moveOrder, type SimulatedOrder } from "./simulated_order.ts";

/** How many ended orders can still be asked for. */
const REMEMBERED_ORDERS = 256;

/** The orders of an exchange: those that may still do something, by market, and for a while those that have ended. */
export class LiveOrders {
  /** How many may still do something. */
  count = 0;
  /** In the order of their arrival. */
  readonly #live: readonly SimulatedOrder[][];
  readonly #byId = new OrderIndex(REMEMBERED_ORDERS);
  readonly #news: OrderNews;

  constructor(instruments: number, news: OrderNews) {
    this.#live = Array.from({ length: instruments }, () => []);
    this.#news = news;
  }

  of(instrument: number): readonly SimulatedOrder[] {
    return this.#live[instrument]!;
  }

  all(): SimulatedOrder[] {
    return this.#live.flat();
  }

  find(id: ClientOrderId): SimulatedOrder | undefined {
    return this.#byId.get(id);
  }

  add(order: SimulatedOrder): void {
    this.#live[order.instrument]!.push(order);
    this.#byId.add(order);
    this.count++;
  }

  /** An order that ends where it begins can only be asked for. */
  addEnded(order: SimulatedOrder): void {
    this.#byId.add(order);
    this.#byId.ended(order);
  }

  /** The order goes where its move says, behind all others there; at `price` the market is by then. */
  carryMoveOut(order: SimulatedOrder, price: number): void {
    const orders = this.#live[order.instrument]!, intent = order.movesTo!;
    moveOrder(order, intent, false);
    order.takesAtFirst = intent.kind === "limit" && reachesLimit(intent.side, order.price, price);
    for (let i = orders.indexOf(order); i + 1 < orders.length; i++) orders[i] = orders[i + 1]!;
    orders[orders.length - 1] = order;
    this.#news.moved(intent, intent.price!);
  }

  /** Orders that close a position go before all that were asked for earlier. */
  closesGoFirst(): void {
    const rank = ({ intent: { kind, reduceOnly } }: SimulatedOrder) => kind === "market" && reduceOnly ? 0 : 1;
    for (const orders of this.#live) orders.sort((a, b) => rank(a) - rank(b));
  }

  forgetEnded(instrument: number): void {
    const orders = this.#live[instrument]!;
    let kept = 0;
    for (const order of orders) {
      if (order.state === "open") orders[kept++] = order;
      else this.#byId.ended(order);
    }
    this.count -= orders.length - kept;
    while (orders.length > kept) orders.pop();
  }
}
