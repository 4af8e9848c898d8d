import type { LatencyMs } from "../latency.ts";

/**
 * What protects an entry that filled inside a candle in the rest of that candle: nothing; the stop, which is taken
 * wherever the candle reaches it; the target, unless the candle reaches the stop; or both as in any other candle, with
 * one exception: where the price fell from the open to the entry and closed below the open, it did not reach a target
 * above the close (mirrored for shorts; not for an order that had met a candle before).
 */
export type AfterEntry = "none" | "stop" | "target-unless-stop" | "whole-candle";

/**
 * How orders meet candles, as one value: a rule set is data, and no code asks for its name. The same value goes into the
 * run's manifest, so a run says by which rules it was filled.
 */
export interface FillRules {
  readonly id: string;
  /**
   * A market order decided at a close fills at the next candle's open; or at that close itself, at once or, as some
   * engines book it, before anything else of the next candle (labelled shortcuts: live trading can do neither).
   */
  readonly marketPrice: "next-open" | "this-close" | "previous-close";
  /**
   * A limit order fills when the market trades beyond its price, already when it touches it, or when a touch has traded
   * what stood before it in the queue.
   */
  readonly limitFill: "through" | "touch" | "queue";
  /**
   * For `queue`: what stands before an order when the market first touches its price, and how much trades there in a
   * candle that goes no further, both as shares of that candle's volume.
   */
  readonly queue?: { readonly aheadShare: number; readonly tradedShare: number };
  /**
   * The way of the price inside a candle decides which order it meets first, and when: at a steady speed over the
   * candle's time. Without one the worse outcome is taken, stops before limits; a run spec may call that `pessimistic`.
   * `nearest-extreme`: open, the extreme nearer to it, the other one, close. `random`: either extreme first, by the
   * run's seed.
   */
  readonly path?: "nearest-extreme" | "random";
  /** Own orders in a market trade at most this share of a candle's volume together; the rest waits for the next one. */
  readonly volumeShare?: number;
  /**
   * How long requests are on their way; without it they arrive at once and meet the next open. One that arrives inside a
   * candle meets the rest of its `path`; without a path it trades at the worst price that the market can have had by
   * then, its limit only where the candle certainly comes to it afterwards, its stop wherever the candle may.
   */
  readonly latencyMs?: LatencyMs;
  /**
   * True: a resting order beyond which the candle opens fills at the open, before anything else of that candle.
   * False: all resting orders of a candle are tested together, stops first.
   */
  readonly openGoesFirst: boolean;
  /** Where a stop entry fills that the market has jumped over: at the open, or at the close before it. */
  readonly stopEntryGap: "open" | "previous-close";
  /**
   * What of stop and target an entry that filled inside a candle (by the kind of its order, a stop-limit order being a
   * limit) has in the rest of that candle; see {@linkcode AfterEntry}.
   */
  readonly afterEntryInside: Readonly<Record<"limit" | "stop", AfterEntry>>;
  /**
   * What a limit fills at that the candle opens beyond: the open, unless stated. `own-price`: its own price, which in
   * a candle that lies beyond it as a whole moves to the nearest price of that candle. An entry does so in the first
   * candle that it meets only, and afterwards needs one that holds its price. A target whose price is new at the very
   * open (see `sinceMs` of an intent) still takes the open where that is better.
   */
  readonly limitGap?: "own-price";
  /**
   * What a stop fills at that the candle opens beyond: the open, unless stated. `own-price`: its trigger, wherever the
   * candle holds it (which looks better than a market can be), and the open only where the whole candle lies beyond.
   */
  readonly stopGap?: "own-price";
  /** What a target needs to fill, where that is more than `limitFill` asks for. */
  readonly targetFill?: "through";
  /**
   * When trailing stops of a position move: at the close of each candle, unless stated. `best-price-first`: the venue
   * moves them inside the candle, which is taken to reach its best price first and to fall to its worst one then; a
   * stop that has moved comes after the target, and in the candle of its entry fills where the least move puts it.
   */
  readonly trailing?: "best-price-first";
  /**
   * The time that a trade counts from: the fill of its entry, unless stated. `order`: the first candle that the order
   * of the entry has met, or what it says itself (`sinceMs` of an intent).
   */
  readonly entryTime?: "order";
  /**
   * Which orders slip: all that take liquidity, only market orders, or those that open a position (a spread paid at
   * entry; what of such an order closes an opposite position first does not slip).
   */
  readonly slips: "takers" | "market-orders" | "entries";
  /** The size of an entry is fixed at the decision, or computed by the venue when it fills. */
  readonly sizeAt: "decision" | "fill";
  /** Price at which open positions count when the venue sizes or checks an order: that of the fill, or the close of the
   * candle in which it fills (which looks ahead, and exists to reproduce engines that do so). */
  readonly fundsMark: "fill-price" | "candle-close";
  /** Price on which the fee is reckoned when the funds are checked: the fill's, or the one before slippage. */
  readonly fundsFee: "fill-price" | "unslipped-price";
  /**
   * Of which size the fee of one unit is taken where an entry is sized as a share of the funds: of its own, unless
   * stated. `share-of-lot`: of that share of one lot, so that a fixed fee weighs on every single lot.
   */
  readonly fundsFeeOf?: "share-of-lot";
  /** An entry beyond the funds is cut to what they allow, or cancelled. */
  readonly beyondFunds: "cut" | "cancel";
  /**
   * Positions open after the last candle stay open; are closed on that candle once more, after the decisions at its
   * close and before the entries that these ask for, which fill there too; or are closed at its open, before them.
   */
  readonly atEnd: "leave-open" | "close-on-last-candle" | "close-at-last-open";
}
