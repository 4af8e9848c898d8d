/**
 * The changes of an account within some rows: from the close of each of these rows on, so much cash and so much held. One is
 * enough for all trials, as each empties it before the next one fills it.
 */
export class AccountPath {
  length = 0;
  rows = new Int32Array(256);
  cash = new Float64Array(256);
  quantity = new Float64Array(256);

  push(row: number, cash: number, quantity: number): void {
    const at = this.length++;
    if (at === this.rows.length) this.#grow();
    this.rows[at] = row;
    this.cash[at] = cash;
    this.quantity[at] = quantity;
  }

  #grow(): void {
    const { rows, cash, quantity } = this, size = 2 * rows.length;
    this.rows = new Int32Array(size);
    this.rows.set(rows);
    this.cash = new Float64Array(size);
    this.cash.set(cash);
    this.quantity = new Float64Array(size);
    this.quantity.set(quantity);
  }
}
