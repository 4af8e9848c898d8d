import type { DecisionContext, Memory } from "./decision_context.ts";

/**
 * What a hook of a rule strategy sees, at a close: the position that is open, or at the signal of an entry the one that
 * it will open, at the price that is expected for it. One object is used again and again: read from it, do not keep it.
 */
export class PositionView {
  side: "long" | "short" = "long";
  /** Average entry price; at the signal, the close or the price at which the entry waits. Quote units. */
  entryPrice = NaN;
  /** Best price since the entry: the highest of a long position, the lowest of a short one. */
  bestPrice = NaN;
  /** This close, quote units. */
  close = NaN;
  /** Close against entry price, above 0 for a profit, before fees. */
  unrealisedReturnFraction = 0;
  /** Candles that have closed since the entry, its own included: 1 at the first close, 0 at the signal. */
  barsHeld = 0;
  /** Minutes from the entry's fill to this close; 0 at the signal. */
  minutesHeld = 0;
  /** Signed position, base units; 0 at the signal. */
  quantity = 0;
  /** Equity of the account at this close, quote units. */
  equity = NaN;
  closeTimeMs = 0;
  /** The series that the rules name in `values`, at this close; NaN where unknown. */
  readonly values: Readonly<Record<string, number>>;
  /** What the strategy remembers; saved with the trader's state. Names that begin with # are the engine's. */
  memory: Memory = {};

  readonly #values: Record<string, number> = {};

  /** @param firstPlace Place of the first named value among the strategy's. */
  constructor(readonly names: readonly string[], readonly firstPlace: number) {
    this.values = this.#values;
  }

  /** The open position. */
  open(context: DecisionContext): this {
    const direction = context.position > 0 ? 1 : -1;
    this.entryPrice = context.entryPrice;
    this.bestPrice = context.bestPrice;
    this.unrealisedReturnFraction = direction * (context.close / context.entryPrice - 1);
    this.barsHeld = context.barsHeld;
    this.minutesHeld = (context.closeTimeMs - context.entryTimeMs) / 60_000;
    return this.#seen(context, direction > 0 ? "long" : "short", context.position);
  }

  /** The position that an entry will open. */
  expected(context: DecisionContext, side: "buy" | "sell", price: number): this {
    this.entryPrice = this.bestPrice = price;
    this.unrealisedReturnFraction = this.barsHeld = this.minutesHeld = 0;
    return this.#seen(context, side === "buy" ? "long" : "short", 0);
  }

  #seen(context: DecisionContext, side: "long" | "short", quantity: number): this {
    this.side = side;
    this.quantity = quantity;
    this.close = context.close;
    this.equity = context.equity;
    this.closeTimeMs = context.closeTimeMs;
    this.memory = context.memory;
    for (let i = 0; i < this.names.length; i++) this.#values[this.names[i]!] = context.values[this.firstPlace + i]!;
    return this;
  }
}
