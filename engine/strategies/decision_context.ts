import { InputError } from "../errors/mod.ts";
import { stated } from "../identity/mod.ts";
import { atr } from "../indicators/mod.ts";
import type { Series } from "../series/mod.ts";
import type { EntryPlace, EntryPrice } from "./entry_price.ts";
import { type EntryOptions, entryRequest, type OcoEntry, ocoRequests } from "./entry_request.ts";
import { type PartSize, partSize } from "./exit_part.ts";
import type { Protection } from "./protection.ts";
import type { Request } from "./request.ts";
import { type RequestTerms, termsOf } from "./request_terms.ts";
import type { PlainSizing, PositionSide } from "../orders/mod.ts";

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
export interface ExitOptions extends RequestTerms {
  /**
   * `limitAt(price)`: the whole position waits there beside its stop and target, until it is closed or the next exit is
   * asked for. At the market without it.
   */
  readonly at?: EntryPrice;
  /** Goes to the trade table; `exit` without it. */
  readonly reason?: string;
}

/** What a strategy may say about closing a part of a position: a share of it, or base units. */
export interface ReduceOptions extends ExitOptions {
  readonly fraction?: number;
  readonly units?: number;
}

/** Where entries that wait are to wait instead. */
export interface AmendOptions {
  readonly at: EntryPlace;
  /** A new size of the whole entry, what has filled of it included; the one that it has without it. */
  readonly sizing?: PlainSizing;
  /** Only the entries of this number; all without it. */
  readonly leg?: number;
}

/** What a strategy may say about a position that it wants to be of a certain size. */
export interface RebalanceOptions {
  /** Changes of less than this share of the equity are left undone; 0 without it. */
  readonly bandFraction?: number;
  /** Of the position, where an entry is needed; without them it keeps what it has. */
  readonly stop?: Protection;
  readonly target?: Protection;
  /** Goes to the trade table; `rebalance` without it. */
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
  /** How often this strategy's whole position in this market has been closed so far. */
  positionsClosed = 0;
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
  /** The series themselves. */
  series: readonly Series[] = [];
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

  /**
   * Asks for entries of which one cancels the others: the first that trades, if only in part, withdraws them, and where
   * one is refused none is made. A breakout above or below:
   * `oco([{ side: "buy", at: stopAt(105) }, { side: "sell", at: stopAt(95) }])`.
   */
  oco(entries: readonly OcoEntry[]): void {
    for (const entry of ocoRequests(entries, this.requests)) this.request(entry);
  }

  /** Asks to close the whole position, at the market unless the options say where it waits. */
  exit(options: string | ExitOptions = {}): void {
    if (typeof options === "string") {
      this.requests.push({ kind: "close", reason: options });
      return;
    }
    const { at, reason = "exit", ...terms } = options;
    this.requests.push({ kind: "close", ...stated({ at, terms: termsOf(terms, at ?? null) }), reason });
  }

  /** Asks to close a part of the position: `reduce({ fraction: 0.5 })`, `reduce({ units: 2, at: limitAt(price) })`. */
  reduce({ fraction, units, at, reason = "reduce", ...terms }: ReduceOptions): void {
    const size = partSize(fraction, units);
    this.requests.push({
      kind: "reduce",
      size,
      at: at ?? null,
      ...stated({ terms: termsOf(terms, at ?? null) }),
      reason,
    });
  }

  /** Asks to close the position and to enter the other side; nothing without a position. */
  reverse(options: EntryOptions = {}): void {
    if (this.position === 0) return;
    const side = this.position > 0 ? "sell" : "buy";
    this.exit(options.reason ?? "reverse");
    this.#enter(side, { reason: "reverse", ...options });
  }

  /** Asks for a position worth this share of the equity, below 0 for a short one: entries and reductions as needed. */
  targetFraction(fraction: number, options: RebalanceOptions = {}): void {
    this.#rebalance({ kind: "fraction", fraction }, options);
  }

  /** Asks for a position of so many base units, below 0 for a short one. */
  targetUnits(units: number, options: RebalanceOptions = {}): void {
    this.#rebalance({ kind: "units", units }, options);
  }

  /** Asks to move entries that wait to another price; what has filled of them stays filled. */
  amend({ at, sizing, leg }: AmendOptions): void {
    this.request({ kind: "amend", at, sizing: sizing ?? null, ...stated({ leg }) });
  }

  /** Asks to take back entries that have not filled: all, or those of one `leg`. */
  withdraw({ leg }: { readonly leg?: number } = {}): void {
    this.requests.push({ kind: "withdraw", ...stated({ leg }) });
  }

  /** Asks to move the stop or the target of the position; what is not named stays, null takes one away. */
  protect(protections: { readonly stop?: Protection | null; readonly target?: Protection | null }): void {
    this.request({ kind: "protect", ...protections });
  }

  /**
   * Asks for what a request says; what trails by an average true range is told what that is now.
   *
   * @throws {InputError} `trailing-atr` when the strategy does not read that average.
   */
  request(request: Request): void {
    const followed = { ...request } as { at?: EntryPlace | null; stop?: Protection | null };
    if (followed.at?.kind === "trailing-atr") followed.at = this.#measured(followed.at);
    if (followed.stop?.kind === "trailing-atr") followed.stop = this.#measured(followed.stop);
    this.requests.push(followed as Request);
  }

  #measured<T extends { readonly multiple: number; readonly length: number }>(stop: T): T & { distanceQuote: number } {
    const { multiple, length } = stop, place = this.series.indexOf(atr(length));
    if (place >= 0) return { ...stop, distanceQuote: multiple * this.values[place]! };
    throw new InputError(
      "trailing-atr",
      `trailingAtr(${multiple}, ${length}) follows the average true range: name atr(${length}) among the strategy's series`,
    );
  }

  #enter(side: "buy" | "sell", options: EntryOptions): void {
    this.request(entryRequest(side, options));
  }

  #rebalance(to: PartSize, options: RebalanceOptions): void {
    const { bandFraction = 0, stop = null, target = null, reason = "rebalance" } = options;
    const wanted = to.kind === "units" ? to.units : to.fraction;
    if (Number.isFinite(wanted) && bandFraction >= 0) {
      this.request({ kind: "rebalance", to, bandFraction, stop, target, reason });
      return;
    }
    throw new InputError("rebalance", `a position of ${wanted} with a band of ${bandFraction} cannot be aimed at`);
  }
}
