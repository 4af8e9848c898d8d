import type { InstrumentId } from "../market/mod.ts";
import { absoluteQuantity, type Quantity, ZERO_QUANTITY } from "../money/mod.ts";
import { type Fill, positionChange, type PositionSide, type Side } from "../orders/mod.ts";

/**
 * What each book has of the account's positions. An exchange that nets knows one position a market; an order that may
 * only reduce means that of the book which sent it, or one strategy could never leave what another one has sold short.
 */
export class BookPositions {
  readonly #held = new Map<number, { readonly instrument: InstrumentId; quantity: Quantity }>();

  /** Books an execution. */
  apply(book: number, fill: Fill): void {
    const held = this.#held.get(book), change = positionChange(fill);
    if (held === undefined) this.#held.set(book, { instrument: fill.instrument, quantity: change });
    else held.quantity = (held.quantity + change) as Quantity;
  }

  /** How much an order of that side could take off what the book has. */
  reducible(book: number, side: Side): Quantity {
    const held = this.#held.get(book)?.quantity ?? ZERO_QUANTITY;
    return (side === "sell") === (held > 0n) ? absoluteQuantity(held) : ZERO_QUANTITY;
  }

  /** A position was taken over, and with it what every book had of it. */
  end(instrument: InstrumentId, side: PositionSide): void {
    for (const held of this.#held.values()) {
      if (held.instrument !== instrument) continue;
      if (side === "both" || (side === "long") === (held.quantity > 0n)) held.quantity = ZERO_QUANTITY;
    }
  }
}
