// What the session's orders in one market have traded by now, whether they rest there or not.
import type { Exchange, VenueOrder } from "../../exchanges/mod.ts";
import { addQuantity, type Quantity, quantity, ZERO_QUANTITY } from "../../money/mod.ts";
import { type ClientOrderId, isGuardOrder } from "../../orders/mod.ts";
import type { ToldOrder } from "./flatten.ts";
import { bookIn, type GuardedPosition, soldSince } from "./guarded_position.ts";
import { type SpooledOrder, type SpoolState, uncounted } from "./spool.ts";

/** Orders by name, as the venue tells them. */
export type ToldOrders = ReadonlyMap<string, ToldOrder>;

/** Of an order that the venue does not know. */
export const NOT_FOUND: ToldOrder = { filled: ZERO_QUANTITY, isOpen: false };

/** Asks a venue for the session's orders in a market; an order that has ended is asked for once. */
export class MarketOrders {
  readonly #exchange: Pick<Exchange, "order">;
  readonly #symbol: string;
  readonly #isOurs: (id: string) => id is ClientOrderId;
  readonly #ended = new Map<string, ToldOrder>();

  constructor(exchange: Pick<Exchange, "order">, symbol: string, isOurs: (id: string) => id is ClientOrderId) {
    this.#exchange = exchange;
    this.#symbol = symbol;
    this.#isOurs = isOurs;
  }

  /**
   * Those that rest, save a watchdog's, and those of the names that do not; null where the venue does not answer.
   *
   * @param open All that rests in the market.
   */
  async told(open: readonly VenueOrder[], names: Iterable<string>): Promise<ToldOrders | null> {
    const orders = new Map<string, ToldOrder>();
    for (const { clientOrderId: name, filled } of open) {
      if (name === null || !this.#isOurs(name) || isGuardOrder(name)) continue;
      orders.set(name, { filled: quantity(filled ?? "0"), isOpen: true });
    }
    const asked = new Set(names);
    for (const name of this.#ended.keys()) if (!asked.has(name)) this.#ended.delete(name);
    for (const name of asked) {
      if (orders.has(name)) continue;
      const told = await this.#endOf(name);
      if (told === null) return null;
      orders.set(name, told);
    }
    return orders;
  }

  /** What an order that does not rest has traded. One that the venue does not know has not: nothing can arrive any more. */
  async #endOf(name: string): Promise<ToldOrder | null> {
    const ended = this.#ended.get(name);
    if (ended !== undefined) return ended;
    const answer = await this.#exchange.order(this.#symbol, name);
    if (answer.kind === "refused" && answer.code === "order-not-found") return NOT_FOUND;
    if (answer.kind !== "done") return null;
    const { filled, status } = answer.value;
    if (filled === null || status === null) return null;
    const told = { filled: quantity(filled), isOpen: status === "open" };
    if (!told.isOpen) this.#ended.set(name, told);
    return told;
  }
}

/** Those of one book. */
export function ordersOf(told: ToldOrders, book: number): ToldOrders {
  return new Map([...told].filter(([name]) => bookIn(name) === book));
}

/** Names of the orders that may have traded since positions were approved. */
export function knownNames(positions: readonly GuardedPosition[]): string[] {
  return positions.flatMap(({ orders }) => orders.map(({ name }) => name));
}

/** The watchdog's own orders for a position: those of which its approval does not know. */
export function sentFor({ book, orders }: GuardedPosition, state: SpoolState): SpooledOrder[] {
  return uncounted(state).filter(({ name, order }) => order.book === book && !orders.some((own) => own.name === name));
}

/**
 * What other books have sold since a position was approved, less what they have bought: so much less lies beside it by
 * now, whatever the journal was told.
 *
 * @param positions All that were approved with it in its market.
 */
export function soldBeside(
  { book }: GuardedPosition,
  positions: readonly GuardedPosition[],
  told: ToldOrders,
  state: SpoolState,
): Quantity {
  const sold = positions.filter((other) => other.book !== book).flatMap((other) => [
    soldSince(other.orders, ordersOf(told, other.book)),
    ...sentFor(other, state).map(({ filled }) => filled),
  ]);
  return sold.reduce(addQuantity, ZERO_QUANTITY);
}
