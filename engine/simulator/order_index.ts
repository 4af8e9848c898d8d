import type { ClientOrderId } from "../orders/mod.ts";
import { hashText } from "../time/mod.ts";
import type { SimulatedOrder } from "./simulated_order.ts";

/** An order with what it is found by. */
interface Entry {
  readonly hash: number;
  readonly order: SimulatedOrder;
  /** The next one whose name has the same number: nearly never there. */
  next: Entry | null;
}

/**
 * Orders by their names: those that live and, for a while, those that have ended, as at a real venue. Names are texts
 * that were just put together, and a Map takes several times as long to find such a text as to find a number: so it is
 * asked for a number that is made from the name.
 */
export class OrderIndex {
  readonly #byHash = new Map<number, Entry>();
  /** The ended ones in a ring. */
  readonly #ended: Entry[] = [];
  #endedCount = 0;
  #last: Entry | null = null;

  /** @param capacity How many ended orders can still be asked for. */
  constructor(readonly capacity: number) {}

  get(id: ClientOrderId): SimulatedOrder | undefined {
    return this.#find(id)?.order;
  }

  add(order: SimulatedOrder): void {
    const hash = numberOf(order.intent.clientOrderId);
    this.#last = { hash, order, next: this.#byHash.get(hash) ?? null };
    this.#byHash.set(hash, this.#last);
  }

  /** The order has ended: it is forgotten when enough others have. */
  ended(order: SimulatedOrder): void {
    const place = this.#endedCount++ % this.capacity;
    if (place < this.#ended.length) this.#forget(this.#ended[place]!);
    this.#ended[place] = this.#find(order.intent.clientOrderId)!;
  }

  #find(id: ClientOrderId): Entry | null {
    if (this.#last?.order.intent.clientOrderId === id) return this.#last;
    let entry = this.#byHash.get(numberOf(id)) ?? null;
    while (entry !== null && entry.order.intent.clientOrderId !== id) entry = entry.next;
    if (entry !== null) this.#last = entry;
    return entry;
  }

  #forget(gone: Entry): void {
    if (this.#last === gone) this.#last = null;
    let entry = this.#byHash.get(gone.hash)!;
    if (entry === gone) {
      if (gone.next === null) this.#byHash.delete(gone.hash);
      else this.#byHash.set(gone.hash, gone.next);
      return;
    }
    while (entry.next !== gone) entry = entry.next!;
    entry.next = gone.next;
  }
}

/** Thirty bits: what is looked up without an object for the number. */
function numberOf(id: ClientOrderId): number {
  return hashText(id) & 0x3fffffff;
}
