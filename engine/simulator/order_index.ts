import type { ClientOrderId } from "../orders/mod.ts";
import { hashText } from "../time/mod.ts";
import type { SimulatedOrder } from "./simulated_order.ts";

/** An order with what it is found by. */
interface Entry {
  readonly hash: number;
  readonly order: SimulatedOrder;
  /** The next one in its place of the table. */
  next: Entry | null;
}

/**
 * Orders by their names: those that live and, for a while, those that have ended, as at a real venue. Names are texts
 * that were just put together, and a Map takes several times as long to find such a text as this table, in which the
 * place follows from a number that is made from the name.
 */
export class OrderIndex {
  readonly #table: (Entry | null)[];
  /** The ended ones in a ring. */
  readonly #ended: Entry[] = [];
  #endedCount = 0;
  #last: Entry | null = null;
  /** The name that was looked for last, and its number: most are looked for twice. */
  #lastId: ClientOrderId | null = null;
  #lastHash = 0;

  /** @param capacity How many ended orders can still be asked for: a power of two. */
  constructor(readonly capacity: number) {
    this.#table = new Array(2 * capacity).fill(null);
  }

  get(id: ClientOrderId): SimulatedOrder | undefined {
    return this.#find(id)?.order;
  }

  add(order: SimulatedOrder): void {
    const hash = this.#hashOf(order.intent.clientOrderId), place = this.#placeOf(hash);
    this.#last = this.#table[place] = { hash, order, next: this.#table[place]! };
  }

  /** The order has ended: it is forgotten when enough others have. */
  ended(order: SimulatedOrder): void {
    const place = this.#endedCount++ % this.capacity;
    if (place < this.#ended.length) this.#forget(this.#ended[place]!);
    this.#ended[place] = this.#find(order.intent.clientOrderId)!;
  }

  #find(id: ClientOrderId): Entry | null {
    if (this.#last?.order.intent.clientOrderId === id) return this.#last;
    const hash = this.#hashOf(id);
    let entry = this.#table[this.#placeOf(hash)]!;
    while (entry !== null && (entry.hash !== hash || entry.order.intent.clientOrderId !== id)) entry = entry.next!;
    if (entry !== null) this.#last = entry;
    return entry;
  }

  #forget(gone: Entry): void {
    if (this.#last === gone) this.#last = null;
    const place = this.#placeOf(gone.hash);
    let entry = this.#table[place]!;
    if (entry === gone) {
      this.#table[place] = gone.next;
      return;
    }
    while (entry.next !== gone) entry = entry.next!;
    entry.next = gone.next;
  }

  #placeOf(hash: number): number {
    return hash & (this.#table.length - 1);
  }

  #hashOf(id: ClientOrderId): number {
    if (id !== this.#lastId) {
      this.#lastId = id;
      this.#lastHash = hashText(id) & 0x3fffffff; // thirty bits need no object of their own
    }
    return this.#lastHash;
  }
}
