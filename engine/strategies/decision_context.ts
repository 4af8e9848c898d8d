import type { EntryPrice } from "./entry_price.ts";
import type { Protection } from "./protection.ts";
import type { Request } from "./request.ts";
import type { PlainSizing, PositionSide } from "../orders/mod.ts";

/** What a strategy may say about an entry. */
export interface EntryOptions {
  /** `limitAt(price)` or `stopAt(price)`: the entry waits there until it fills or is taken back. At the market without it. */
  readonly at?: EntryPrice;
  /** The run's sizing without it. */
  readonly sizing?: PlainSizing;
  readonly stop?: Protection;
  readonly target?: Protection;
  /** Goes to the trade table; `enter` without it. */
  readonly reason?: string;
}

/** What a strategy may remember: numbers, texts, and lists and records of them. No functions, no objects of a class. */
export type MemoryValue =
  | number
  | string
  | boolean
  | null
  | Float64Array
  | MemoryValue[]
  | { [name: string]: MemoryValue };

/** What a strategy may say about an exit. */
export interface ExitOptions {
  /**
   * `limitAt(price)`: the whole position waits there beside its stop and target, until it is closed or the next exit is
   * asked for. At the market without it.
   */
  readonly at?: EntryPrice;
  /** Goes to the trade table; `exit` without it. */
  readonly reason?: string;
}

/** Values that a strategy keeps between candles; they are saved with the trader's state. */
export type Memory = Record<string, MemoryValue>;

/**
 * What a strategy sees when a candle of its market has closed: that candle, the values of its series, its own
 * position. It holds nothing of the future and reaches nothing outside. One object is reused for all candles: read
 * from it, do not keep it.
 */
export class DecisionContext {
  /** Candles of this market seen so far, this one included, less one: 0 on the first. */
  index = -1;
  closeTimeMs = 0;
  openTimeMs = 0;
  open = NaN;
  high = NaN;
  low = NaN;
  close = NaN;
  volume = NaN;
  /** Equity of the account at this close, quote units. */
  equity = NaN;
  /** In hedge mode the side of the book that decides: it holds nothing of the other. */
  side: PositionSide = "both";
  /** Signed position of this strategy in this market, base units. */
  position = 0;
  /** Average entry price of the position; NaN without one. */
  entryPrice = NaN;
  /** Of an open position: the best price since it was opened, this candle included. */
  bestPrice = NaN;
  /** Of an open position: candles that have closed since its entry, that of the entry included: 1 at the first close. */
  barsHeld = 0;
  /** Of an open position: when its oldest part was filled. */
  entryTimeMs = 0;
  /** Of an open position: where stop and target were last asked for. */
  stop: Protection | null = null;
  target: Protection | null = null;
  /** True while an entry is on its way or rests at the venue. */
  entryPending = false;
  /** Values of the strategy's series at this candle, in the order in which it named them; NaN where unknown. */
  values: Float64Array = new Float64Array(0);
  memory: Memory = {};
  readonly requests: Request[] = [];

  /** Asks for a long entry. */
  buy(options: EntryOptions = {}): void {
    this.#enter("buy", options);
  }

  /** Asks for a short entry. */
  sell(options: EntryOptions = {}): void {
    this.#enter("sell", options);
  }

  /** Asks to close the whole position, at the market unless the options say where it waits. */
  exit(options: string | ExitOptions = {}): void {
    const { reason = "exit", ...where } = typeof options === "string" ? { reason: options } : options;
    this.requests.push({ kind: "close", ...where, reason });
  }

  /** Asks to take back entries that have not filled. */
  withdraw(): void {
    this.requests.push({ kind: "withdraw" });
  }

  /** Asks to move the stop or the target of the position; what is not named stays, null takes one away. */
  protect(protections: { readonly stop?: Protection | null; readonly target?: Protection | null }): void {
    this.requests.push({ kind: "protect", ...protections });
  }

  #enter(side: "buy" | "sell", options: EntryOptions): void {
    const { at = null, sizing = null, stop = null, target = null, reason = "enter" } = options;
    this.requests.push({ kind: "enter", side, at, sizing, stop, target, reason });
  }
}
