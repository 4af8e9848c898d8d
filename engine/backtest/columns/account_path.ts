import type { ColumnMemory } from "../../series/mod.ts";

const USUAL_CHANGES = 1_024;

/**
 * The changes of an account within some rows: from the close of each of these rows on, so much cash and so much held. One is
 * enough for all trials, as each empties it before the next one fills it.
 */
export class AccountPath {
  length = 0;
  rows: Int32Array;
  cash: Float64Array;
  quantity: Float64Array;

  constructor(readonly memory: ColumnMemory) {
    this.rows = memory.integers(USUAL_CHANGES);
    this.cash = memory.numbers(USUAL_CHANGES);
    this.quantity = memory.numbers(USUAL_CHANGES);
  }

  push(row: number, cash: number, quantity: number): void {
    const at = this.length++;
    if (at === this.rows.length) this.#grow();
    this.rows[at] = row;
    this.cash[at] = cash;
    this.quantity[at] = quantity;
  }

  #grow(): void {
    const { rows, cash, quantity, memory } = this, size = 2 * rows.length;
    this.rows = memory.integers(size);
    this.rows.set(rows);
    this.cash = memory.numbers(size);
    this.cash.set(cash);
    this.quantity = memory.numbers(size);
    this.quantity.set(quantity);
  }
}
