import { type Price, priceToNumber } from "../money/mod.ts";
import type { AfterEntry, FillRules } from "./fill_rules/fill_rules.ts";
import type { SimulatedOrder } from "./simulated_order.ts";

/** An entry that filled inside the candle in work. */
export interface EntryInside {
  /** Of its order; a market order that came late counts as a stop. */
  readonly kind: "limit" | "stop";
  /** Before slippage. */
  readonly price: number;
  /** When at the earliest: the candle's open, or the arrival of an order that came late. */
  readonly timeMs: number;
  readonly isLate: boolean;
}

/** Where the books entered that the rules of a candle have to know of. */
export class BookEntries {
  /** Entries inside the candles in work, by book, until what protects them has met the rest of those. */
  readonly inside = new Map<number, EntryInside>();
  /** By book the first candle of its newest entry (or the moment inside), and its price; only where the rules ask. */
  readonly #newest: Map<number, { readonly fromMs: number; readonly price: number }> | null;

  readonly #rules: FillRules["afterEntryInside"];

  constructor({ trailing, afterEntryInside }: FillRules) {
    this.#rules = afterEntryInside;
    const asks = trailing !== undefined || Object.values(afterEntryInside).includes("whole-candle");
    this.#newest = asks ? new Map() : null;
  }

  /** An entry has filled. */
  note({ metFromMs, intent: { book } }: SimulatedOrder, price: Price): void {
    this.#newest?.set(book, { fromMs: metFromMs, price: priceToNumber(price) });
  }

  /** Price of a book's newest entry where its order first met the candle that opened then; else NaN. */
  priceSince(book: number, openTimeMs: number): number {
    const newest = this.#newest?.get(book);
    return newest !== undefined && newest.fromMs >= openTimeMs ? newest.price : NaN;
  }

  /**
   * What an order that protects an entry inside the candle has in the rest of it; null for any other order. Where one of
   * the two came late, their order on the way is not known: then it is the stop only.
   */
  ruleFor({ protects, activeFromMs, intent: { book } }: SimulatedOrder, openTimeMs: number): AfterEntry | null {
    const entry = protects === null ? undefined : this.inside.get(book);
    if (entry === undefined) return null;
    return entry.isLate || activeFromMs > openTimeMs ? "stop" : this.#rules[protects!];
  }

  /** True when the rules let anything happen to a position that was entered inside. */
  isAnyHeld(): boolean {
    for (const { kind, isLate } of this.inside.values()) if (isLate || this.#rules[kind] !== "none") return true;
    return false;
  }

  /** When the last of those inside was, and not before `openTimeMs`. */
  lastMs(openTimeMs: number): number {
    let lastMs = openTimeMs;
    for (const { timeMs } of this.inside.values()) lastMs = Math.max(lastMs, timeMs);
    return lastMs;
  }
}
