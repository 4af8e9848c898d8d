import type { LatencyMs } from "../latency.ts";

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
   * The way of the price inside a candle decides which order it meets first. Without one the worse outcome is taken:
   * stops before limits. `nearest-extreme`: open, the extreme nearer to it, the other one, close. `random`: either
   * extreme first, by the run's seed.
   */
  readonly path?: "nearest-extreme" | "random";
  /** Own orders in a market trade at most this share of a candle's volume together; the rest waits for the next one. */
  readonly volumeShare?: number;
  /** How long requests are on their way; without it they arrive at once and meet the next open. */
  readonly latencyMs?: LatencyMs;
  /**
   * True: a resting order beyond which the candle opens fills at the open, before anything else of that candle.
   * False: all resting orders of a candle are tested together, stops first.
   */
  readonly openGoesFirst: boolean;
  /** Where a stop entry fills that the market has jumped over: at the open, or at the close before it. */
  readonly stopEntryGap: "open" | "previous-close";
  /**
   * What of stop and target an entry that filled inside a candle (by the kind of its order) has in the rest of that
   * candle: nothing; the stop, which is taken wherever the candle reaches it; or the target, unless the candle reaches
   * the stop.
   */
  readonly afterEntryInside: Readonly<Record<"limit" | "stop", "none" | "stop" | "target-unless-stop">>;
  /** Which orders slip: all that take liquidity, only market orders, or those that open a position (a spread paid at entry). */
  readonly slips: "takers" | "market-orders" | "entries";
  /** The size of an entry is fixed at the decision, or computed by the venue when it fills. */
  readonly sizeAt: "decision" | "fill";
  /** Price at which open positions count when the venue sizes or checks an order: that of the fill, or the close of the
   * candle in which it fills (which looks ahead, and exists to reproduce engines that do so). */
  readonly fundsMark: "fill-price" | "candle-close";
  /** Price on which the fee is reckoned when the funds are checked: the fill's, or the one before slippage. */
  readonly fundsFee: "fill-price" | "unslipped-price";
  /** An entry beyond the funds is cut to what they allow, or cancelled. */
  readonly beyondFunds: "cut" | "cancel";
  /** Positions open after the last candle stay open, or are closed on that candle once more. */
  readonly atEnd: "leave-open" | "close-on-last-candle";
}
