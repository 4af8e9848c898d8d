/**
 * An account as its changes: from each row on, until the next change, so much cash and so much held. Its equity at the
 * close of any row follows from that.
 */
export class AccountPath {
  length = 0;
  rows = new Int32Array(256);
  cash = new Float64Array(256);
  quantity = new Float64Array(256);

  /** Begins anew. */
  clear(): void {
    this.length = 0;
  }

  /** From the close of that row on; the last change of a row counts. */
  push(row: number, cash: number, quantity: number): void {
    let at = this.length;
    if (at > 0 && this.rows[at - 1] === row) at--;
    else if (this.length++ === this.rows.length) this.#grow();
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
