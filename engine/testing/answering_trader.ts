// Test support only: somebody at the simulated exchange who answers the fill of an entry with a stop and a target.
import { priceToNumber } from "../money/mod.ts";
import type { Side, VenueEvent } from "../orders/mod.ts";
import type { Simulator, TradedCandles } from "../simulator/mod.ts";
import { orderOf, type OrderSketch } from "./simulated_exchange.ts";

/** Distances from the entry's price, quote units; no order without one. */
export interface Answer {
  readonly stop?: number;
  readonly target?: number;
}

/** Sends orders and trades candles; the answers to `NAME` are `NAME-stop` and `NAME-target`. */
export class AnsweringTrader {
  /** All news so far, in order. */
  readonly news: VenueEvent[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #books = new Map<string, number>();

  constructor(readonly venue: Simulator) {}

  /** An order in a book of its own. */
  send(id: string, sketch: OrderSketch, answer: Answer = {}): void {
    const book = this.#books.size;
    this.#books.set(id, book);
    this.#answers.set(id, answer);
    this.venue.submit(orderOf(id, { book, ...sketch }));
    this.settle();
  }

  trade(candles: TradedCandles): void {
    this.venue.open(candles);
    do this.settle(); while (this.venue.next());
    this.venue.close(candles);
    this.settle();
  }

  settle(): void {
    for (let event = this.venue.events.shift(); event !== undefined; event = this.venue.events.shift()) {
      this.news.push(event);
      if (event.kind !== "fill") continue;
      const { clientOrderId: id, side, price } = event.fill, answer = this.#answers.get(id);
      if (answer !== undefined) this.#protect(id, side, priceToNumber(price), answer);
    }
  }

  #protect(id: string, entered: Side, at: number, { stop, target }: Answer): void {
    const side = entered === "buy" ? "sell" : "buy", sign = entered === "buy" ? 1 : -1, book = this.#books.get(id)!;
    const own = { side, book, reduceOnly: true } as const;
    const priced = (distance: number) => Math.round((at + distance) * 100) / 100;
    if (stop !== undefined) {
      this.venue.submit(orderOf(`${id}-stop`, { ...own, kind: "stop", price: priced(-sign * stop) }));
    }
    if (target !== undefined) {
      this.venue.submit(orderOf(`${id}-target`, { ...own, kind: "limit", price: priced(sign * target) }));
    }
  }
}
