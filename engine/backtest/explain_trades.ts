// Every trade of a run, taken apart in one replay: what was seen at the two decisions, the orders, the fills and why they
// have their prices.
import { type Candle, candleAt, type CandleColumns, rowAtOrAfter } from "../market/mod.ts";
import { AMOUNT_DECIMALS, decimalToNumber, priceToNumber, quantityToNumber } from "../money/mod.ts";
import type { Fill, OrderIntent, PriceBasis, VenueEvent } from "../orders/mod.ts";
import type { InstrumentFeed } from "../simulator/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { CandleGroup, Command, Trader } from "../trader/mod.ts";
import { replayOf } from "./backtest.ts";
import { type BookValues, bookValues } from "./book_values.ts";
import { explained, type ExplainedOrder } from "./explained_order.ts";
import { type ExplainedLiquidation, explainedLiquidation } from "./explained_takeover.ts";
import { type MetCandle, metCandle, metCandles } from "./met_candle.ts";
import type { ReplayObserver } from "./replay.ts";
import type { RunFunctions } from "./run_functions.ts";
import type { RunSpec } from "./run_spec.ts";
import type { BoundStrategies } from "./strategy_plan.ts";
import { usedFeeds, type VenueFeed } from "./venue_feed.ts";
import { usedCandles } from "./used_candles.ts";

/** Why each trade of a run was entered and left, in the order of the run's trades. Plain JSON. */
export interface TradeExplanations {
  /** What each strategy's rules are made of, then the rules: names of the values of its decisions. */
  readonly labels: readonly string[];
  readonly decisions: readonly ExplainedDecision[];
  readonly trades: readonly { readonly entry: ExplainedSide; readonly exit: ExplainedSide | ExplainedTakeover }[];
}

/** The end of a trade that no order closed: the venue took the position over. */
export interface ExplainedTakeover {
  /** Number of the last decision before it. */
  readonly decision: number;
  readonly liquidation: ExplainedLiquidation;
}

/** What a strategy saw on one market at a close, and what it asked for. */
export interface ExplainedDecision {
  readonly instrument: string;
  readonly decidedAtMs: number;
  /** The candle that closed. */
  readonly candle: Candle;
  /** Number of the label of its first value: each strategy has labels of its own. */
  readonly firstLabel: number;
  /** One a label, from the first on; null where unknown. */
  readonly values: readonly (number | null)[];
  readonly equity: number;
  /** Signed position and its average entry price, before anything that was decided now. */
  readonly position: number;
  readonly entryPrice: number | null;
  /** Orders that were asked for at this close, with what the risk rules said. */
  readonly orders: readonly ExplainedOrder[];
}

/** The order behind one side of a trade, and its fill. */
export interface ExplainedSide {
  /** Number of the last decision before the order was sent. */
  readonly decision: number;
  readonly order: ExplainedOrder;
  readonly sentAtMs: number;
  readonly fill: {
    readonly timeMs: number;
    readonly price: number;
    readonly quantity: number;
    readonly basis: PriceBasis;
    readonly fee: number;
    readonly feeAsset: string;
    readonly liquidity: Fill["liquidity"];
  };
  /** The candle in which it filled; a finer one than the run's where orders meet those. */
  readonly candle: MetCandle;
}

/**
 * Takes all trades of a run apart; the run is replayed once, and nothing of it is kept.
 *
 * @param candles As for `runBacktest`.
 */
export function explainTrades(
  spec: RunSpec,
  strategies: BoundStrategies,
  candles: readonly CandleColumns[],
  functions: RunFunctions = {},
  feeds: readonly VenueFeed[] = [],
): TradeExplanations {
  const { used, tradeFromMs } = usedCandles(spec, strategies, candles);
  const feed = usedFeeds(spec, used, feeds), witness = new TradeWitness(used, feed);
  const { trader: { config } } = replayOf(spec, strategies, used, tradeFromMs, undefined, witness, functions, feed);
  const books = config.books.map((book) => bookValues(config, book, used)), { labels, first } = allLabels(books);
  return {
    labels,
    decisions: witness.decisions.map(({ book, openTimeMs, ...decision }) => {
      const { candles, columns } = books[book]!, row = rowAtOrAfter(candles, openTimeMs);
      return {
        ...decision,
        candle: candleAt(candles, row),
        firstLabel: first[book]!,
        values: columns.map((column) => shortened(column[row]!)),
      };
    }),
    trades: witness.trades,
  };
}

/** The labels of all books, those of one strategy once, and where those of each book begin. */
function allLabels(books: readonly BookValues[]): { labels: string[]; first: number[] } {
  const labels: string[] = [], places = new Map<string, number>();
  const first = books.map((own) => {
    const key = JSON.stringify(own.labels), known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, labels.length);
    return labels.push(...own.labels) - own.labels.length;
  });
  return { labels, first };
}

/** A decision whose values are looked up after the replay. */
type SeenDecision = Omit<ExplainedDecision, "candle" | "firstLabel" | "values" | "orders"> & {
  readonly book: number;
  readonly openTimeMs: TimestampMs;
  readonly orders: ExplainedOrder[];
};

/** Watches a whole replay, and remembers what its trades are made of. */
class TradeWitness implements ReplayObserver {
  readonly decisions: SeenDecision[] = [];
  readonly trades: { entry: ExplainedSide; exit: ExplainedSide | ExplainedTakeover }[] = [];
  readonly #orders = new Map<string, { intent: OrderIntent; decision: number }>();
  /** Of each book: the number of its last decision. */
  readonly #last: number[] = [];
  /** The side that each open lot came from, by book, time and price. */
  readonly #entries = new Map<string, ExplainedSide>();
  /** What closes lots now: the last fill, or a liquidation, whose decision is that of the book that it closes. */
  #closing: ExplainedSide | ExplainedLiquidation | null = null;
  #trader!: Trader;
  /** The last close whose decisions are done. */
  #decidedMs = -Infinity;

  constructor(
    readonly candles: readonly CandleColumns[],
    readonly feeds: readonly InstrumentFeed[] | undefined,
  ) {}

  begun(trader: Trader): void {
    this.#trader = trader;
  }

  decided(_: Trader, { closeTimeMs }: CandleGroup): boolean {
    this.#decidedMs = closeTimeMs;
    return true;
  }

  command(command: Command): void {
    if (command.kind === "record") this.#asked(command.order, explained(command.order, null, command.shrunk));
    else if (command.kind === "move") this.#asked(command.order, explained(command.order, null));
    else if (command.kind === "refused") this.#asked(command.order, explained(command.order, command.refusal));
    else if (command.kind === "closed") {
      const { entryTimeMs, entryPrice } = command.lot;
      const entry = this.#entries.get(keyOf(command.book, entryTimeMs, entryPrice))!, closing = this.#closing!;
      const exit = "order" in closing ? closing : { decision: this.#decisionOf(command.book), liquidation: closing };
      this.trades.push({ entry, exit });
    }
  }

  news(event: VenueEvent): void {
    if (event.kind === "liquidation") {
      this.#closing = explainedLiquidation(event.liquidation, this.candles, this.feeds);
    }
    if (event.kind !== "fill") return;
    const { fill, basis } = event, { intent, decision } = this.#orders.get(fill.clientOrderId)!;
    this.#closing = this.#sideOf(fill, basis!, intent, decision);
    this.#entries.set(keyOf(intent.book, fill.timeMs, fill.price), this.#closing);
  }

  #asked(intent: OrderIntent, answer: ExplainedOrder): void {
    const decision = this.#decisionOf(intent.book), own = this.decisions[decision]!;
    // What is sent after a fill may bear the time of the close before it: the same instant is the next open.
    if (own.decidedAtMs > this.#decidedMs) own.orders.push(answer);
    if (answer.refusal === null) this.#orders.set(intent.clientOrderId, { intent, decision });
  }

  /** The last decision of a book: what its strategy was shown at the last close. */
  #decisionOf(book: number): number {
    const { books, config } = this.#trader, { context } = books[book]!, market = config.books[book]!.instrument;
    const known = this.#last[book];
    if (known !== undefined && this.decisions[known]!.decidedAtMs === context.closeTimeMs) return known;
    this.decisions.push({
      instrument: config.instruments[market]!.id,
      book,
      openTimeMs: context.openTimeMs as TimestampMs,
      decidedAtMs: context.closeTimeMs,
      equity: shortened(context.equity)!,
      position: context.position,
      entryPrice: shortened(context.entryPrice),
      orders: [],
    });
    return this.#last[book] = this.decisions.length - 1;
  }

  #sideOf(fill: Fill, basis: PriceBasis, intent: OrderIntent, decision: number): ExplainedSide {
    return {
      decision,
      order: explained(intent, null),
      sentAtMs: intent.decidedAtMs,
      fill: {
        timeMs: fill.timeMs,
        price: priceToNumber(fill.price),
        quantity: quantityToNumber(fill.quantity),
        basis,
        fee: decimalToNumber(fill.fee, AMOUNT_DECIMALS),
        feeAsset: fill.feeAsset,
        liquidity: fill.liquidity,
      },
      candle: metCandle(metCandles(this.candles, fill.instrument), fill.timeMs, basis.rule),
    };
  }
}

const keyOf = (book: number, timeMs: TimestampMs, price: bigint) => `${book} ${timeMs} ${price}`;

/** Ten digits say enough to a reader; null where unknown. */
const shortened = (value: number) => value - value === 0 ? Number(value.toPrecision(10)) : null;
