import type { ColumnAccount, ColumnTerms, FillKind } from "./column_terms.ts";
import { unroundedSize } from "../../risk/mod.ts";
import { AMOUNT_DECIMALS, decimalToNumber } from "../../money/mod.ts";

/**
 * The account of a trial whose money is float64 and rounds to no tick, lot or fee digit, as vectorized tools keep it: for
 * comparing with them, and for grids on which no rounding must be seen. Its trades are not those of the event path.
 */
export class UnroundedAccount implements ColumnAccount {
  cash = 0.5;
  quantity = 0.5;
  entryPrice = 0.5;
  exitPrice = 0.5;
  tradeFees = 0.5;
  tradeProfit = 0.5;
  isBeyond = false;
  readonly #terms: ColumnTerms;
  readonly #start: number;
  #wanted = 0.5;
  #side: 1 | -1 = 1;

  constructor(terms: ColumnTerms) {
    this.#terms = terms;
    this.#start = decimalToNumber(terms.cash, AMOUNT_DECIMALS);
  }

  begin(): void {
    this.isBeyond = false;
    this.cash = this.#start;
    this.quantity = this.tradeFees = this.tradeProfit = 0;
    this.entryPrice = this.exitPrice = NaN;
  }

  request(side: 1 | -1, mark: number, stopPrice: number): boolean {
    const terms = this.#terms, { market: instrument, reserveFraction } = terms;
    if (side < 0 && !terms.usesMargin) return false;
    const equity = this.cash + this.quantity * mark;
    this.#wanted = unroundedSize(terms.sizing, { instrument, equity, price: mark, stopPrice, reserveFraction });
    this.#side = side;
    return this.#wanted > 0 && this.#wanted < Infinity && !(this.#wanted * mark < terms.minNotional);
  }

  enter(open: number): boolean {
    const { slippageFraction, takerFraction, usesMargin, leverage } = this.#terms, side = this.#side;
    const price = open * (1 + side * slippageFraction);
    const spendable = usesMargin ? Math.max(0, this.cash) * leverage : this.cash;
    const size = Math.min(this.#wanted, spendable / (price * (1 + takerFraction)));
    if (!(size > 0)) return false;
    const fee = size * price * takerFraction;
    this.cash -= side * size * price + fee;
    this.quantity = side * size;
    this.entryPrice = price;
    this.tradeFees = fee;
    return true;
  }

  place(_: "stop" | "target", price: number): number {
    return price;
  }

  giveUp(): void {
    this.isBeyond = true;
  }

  canClose(): boolean {
    return true;
  }

  exit(_: FillKind, raw: number, taker: boolean): void {
    const { slippageFraction, takerFraction, makerFraction } = this.#terms, { quantity } = this;
    const price = taker ? raw * (1 - Math.sign(quantity) * slippageFraction) : raw;
    const fee = Math.abs(quantity * price) * (taker ? takerFraction : makerFraction);
    this.cash += quantity * price - fee;
    this.tradeFees += fee;
    this.tradeProfit = quantity * (price - this.entryPrice) - this.tradeFees;
    this.exitPrice = price;
    this.quantity = 0;
  }
}
