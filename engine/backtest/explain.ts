// One moment of a run, taken apart: what the strategy saw, what it asked for, what became of it and why.
import { InputError } from "../errors/mod.ts";
import { type CandleColumns, VALUE_COLUMNS } from "../market/mod.ts";
import { priceToNumber, quantityToNumber } from "../money/mod.ts";
import type { OrderIntent, PriceBasis, VenueEvent } from "../orders/mod.ts";
import type { InstrumentFeed } from "../simulator/mod.ts";
import { barClose, formatTimestamp, type TimestampMs } from "../time/mod.ts";
import {
  type BookConfig,
  type CandleGroup,
  type Command,
  strategyIdOf,
  type Trader,
  type TraderConfig,
} from "../trader/mod.ts";
import { replayOf } from "./backtest.ts";
import { bookValues } from "./book_values.ts";
import { explained, type ExplainedOrder } from "./explained_order.ts";
import {
  type ExplainedCharge,
  explainedCharge,
  type ExplainedLiquidation,
  explainedLiquidation,
} from "./explained_takeover.ts";
import { explainedShares } from "./explained_shares.ts";
import { type MetCandle, metCandle, metCandles } from "./met_candle.ts";
import type { ReplayObserver } from "./replay.ts";
import type { RunFunctions } from "./run_functions.ts";
import type { RunSpec } from "./run_spec.ts";
import type { BoundStrategies } from "./strategy_plan.ts";
import { usedCandles } from "./used_candles.ts";
import { usedFeeds, type VenueFeed } from "./venue_feed.ts";

/** A moment of a run. Prices and amounts in quote units, quantities in base units. */
export interface Explanation {
  /** The close at which was decided: the last one by the moment that was asked for. */
  readonly decidedAtMs: TimestampMs;
  readonly equity: number;
  readonly books: readonly ExplainedBook[];
  /** What happened from that close to the next one, in order. */
  readonly happened: readonly ExplainedEvent[];
}

/** What one strategy on one market saw and asked for. */
export interface ExplainedBook {
  /** The strategy's name on the account. */
  readonly strategy: string;
  readonly instrument: string;
  readonly timeframe: string;
  /** The candle of that timeframe that closed; null where none did. */
  readonly candle: Readonly<Record<"openTimeMs" | (typeof VALUE_COLUMNS)[number], number>> | null;
  /** Everything that its rules are made of, then the rules, or its shares of the equity; null where unknown. */
  readonly values: readonly { readonly label: string; readonly value: number | null }[];
  /** Signed position and its average entry price, before anything that was decided now. */
  readonly position: number;
  readonly entryPrice: number | null;
  /** Orders that it asked for at this close, with what the risk rules said. */
  readonly orders: readonly ExplainedOrder[];
}

/** Something that happened: to an order, or to a position without one. */
export type ExplainedEvent = ExplainedOrderEvent | ExplainedChargeEvent | ExplainedLiquidationEvent;

/** A position paid or received something. */
export interface ExplainedChargeEvent {
  readonly timeMs: TimestampMs;
  readonly instrument: string;
  readonly what: "charged";
  readonly charge: ExplainedCharge;
}

/** The venue closed a position whose margin was used up. */
export interface ExplainedLiquidationEvent {
  readonly timeMs: TimestampMs;
  readonly instrument: string;
  readonly what: "liquidated";
  readonly liquidation: ExplainedLiquidation;
}

/** Something that happened to an order. */
export interface ExplainedOrderEvent {
  readonly timeMs: TimestampMs;
  readonly instrument: string;
  readonly order: ExplainedOrder;
  readonly what: "sent" | "moved" | "refused" | "filled" | "cancelled" | "expired";
  /** Of a fill: its price and quantity, the price before slippage and the rule that set it, and the candle it was in. */
  readonly fill: {
    readonly price: number;
    readonly quantity: number;
    readonly basis: PriceBasis;
    readonly candle: MetCandle;
  } | null;
  /** Why the venue or the risk rules said so. */
  readonly reason: string | null;
}

/**
 * Takes a run apart at a moment. It is replayed up to the next close; nothing of it is kept.
 *
 * @param candles As for `runBacktest`, as are the rules and the feeds.
 * @throws {InputError} `explain` when the moment lies outside the run.
 */
export function explainRun(
  spec: RunSpec,
  strategies: BoundStrategies,
  candles: readonly CandleColumns[],
  atMs: TimestampMs,
  functions: RunFunctions = {},
  feeds: readonly VenueFeed[] = [],
): Explanation {
  const { used, tradeFromMs } = usedCandles(spec, strategies, candles);
  const decidedAtMs = lastCloseBy(used.filter((own) => own.timeframe === spec.timeframe), atMs);
  const feed = usedFeeds(spec, used, feeds), witness = new Witness(used, decidedAtMs, feed);
  replayOf(spec, strategies, used, tradeFromMs, undefined, witness, functions, feed);
  return witness.explanation();
}

/** The last close of a run's candles by a moment. */
function lastCloseBy(candles: readonly CandleColumns[], atMs: TimestampMs): TimestampMs {
  let last = -Infinity, first = Infinity, end = -Infinity;
  for (const { timeframe, openTimeMs, length } of candles) {
    for (let row = 0; row < length; row++) {
      const close = barClose(timeframe, openTimeMs[row] as TimestampMs);
      if (close <= atMs && close > last) last = close;
      if (close < first) first = close;
      if (close > end) end = close;
    }
  }
  if (last !== -Infinity && atMs <= end) return last as TimestampMs;
  const range = [first, end].map((time) => formatTimestamp(time as TimestampMs)).join(" to ");
  throw new InputError(
    "explain",
    `${formatTimestamp(atMs)} is outside the run: its candles close from ${range}; choose a moment within`,
  );
}

/** Watches a replay and writes down the moment. */
class Witness implements ReplayObserver {
  #log: (Command | VenueEvent)[] = [];
  #seen: { equity: number; books: ExplainedBook[] } | null = null;
  #happened: ExplainedEvent[] = [];
  readonly #orders = new Map<string, OrderIntent>();

  constructor(
    readonly candles: readonly CandleColumns[],
    readonly decidedAtMs: TimestampMs,
    readonly feeds: readonly InstrumentFeed[] | undefined,
  ) {}

  command(command: Command): void {
    if (command.kind === "record" || command.kind === "move") {
      this.#orders.set(command.order.clientOrderId, command.order);
    }
    this.#log.push(command);
  }

  news(event: VenueEvent): void {
    this.#log.push(event);
  }

  decided(trader: Trader, group: CandleGroup): boolean {
    const log = this.#log;
    this.#log = [];
    if (this.#seen === null) {
      if (group.closeTimeMs !== this.decidedAtMs) return true;
      this.#seen = this.#look(trader, group, log);
      // Only what is settled because its market ended fills at the close of its own decision.
      this.#happened = log.filter(({ kind }) => kind === "fill").flatMap((entry) =>
        this.#eventOf(entry, (order) => order.decidedAtMs !== this.decidedAtMs)
      );
      return true;
    }
    const decidedNow = (order: OrderIntent) => order.decidedAtMs === group.closeTimeMs;
    this.#happened.push(...log.flatMap((entry) => this.#eventOf(entry, decidedNow)));
    return false;
  }

  explanation(): Explanation {
    const { equity, books } = this.#seen!;
    return { decidedAtMs: this.decidedAtMs, equity, books, happened: this.#happened };
  }

  #look(trader: Trader, group: CandleGroup, log: readonly (Command | VenueEvent)[]) {
    const { state, config, books } = trader;
    const asked = log.flatMap((entry) =>
      (entry.kind === "record" || entry.kind === "move" || (entry.kind === "refused" && "order" in entry)) &&
        entry.order.decidedAtMs === this.decidedAtMs
        ? [{
          order: entry.order,
          answer: explained(
            entry.order,
            entry.kind === "refused" ? entry.refusal : null,
            entry.kind === "record" ? entry.shrunk : [],
          ),
        }]
        : []
    );
    return {
      equity: state.lastEquity,
      books: books.map(({ context }, book): ExplainedBook => {
        const own = config.books[book]!;
        // The context keeps the last candle that it saw, which is this close's only when its time says so.
        const { openTimeMs, open, high, low, close, volume, closeTimeMs } = context;
        const saw = closeTimeMs === group.closeTimeMs;
        return {
          strategy: strategyIdOf(own),
          instrument: config.instruments[own.instrument]!.id,
          timeframe: own.timeframe ?? config.timeframe,
          candle: saw ? { openTimeMs, open, high, low, close, volume } : null,
          values: saw ? [...this.#values(config, own, openTimeMs), ...explainedShares(trader, book)] : [],
          position: state.books[book]!.positionNumber,
          entryPrice: numberOrNull(state.books[book]!.entryPriceNumber),
          orders: asked.filter(({ order }) => order.book === book).map(({ answer }) => answer),
        };
      }),
    };
  }

  #values(config: TraderConfig, book: BookConfig, openTimeMs: number): { label: string; value: number | null }[] {
    const { candles, labels, columns } = bookValues(config, book, this.candles);
    const row = candles.openTimeMs.indexOf(openTimeMs);
    return labels.map((label, i) => ({ label, value: numberOrNull(columns[i]![row]!) }));
  }

  #eventOf(entry: Command | VenueEvent, decidedNow: (order: OrderIntent) => boolean): ExplainedEvent[] {
    const event = (
      order: OrderIntent,
      part: Partial<ExplainedOrderEvent> & Pick<ExplainedOrderEvent, "what">,
    ): ExplainedEvent[] =>
      decidedNow(order) ? [] : [{
        timeMs: order.decidedAtMs,
        instrument: order.instrument,
        order: explained(order, null),
        fill: null,
        reason: null,
        ...part,
      }];
    switch (entry.kind) {
      case "record":
        return event(entry.order, { what: "sent" });
      case "move":
        return event(entry.order, { what: "moved" });
      case "refused": {
        if ("order" in entry) {
          return event(entry.order, {
            what: "refused",
            order: explained(entry.order, entry.refusal),
            reason: entry.refusal.reason,
          });
        }
        const order = this.#orders.get(entry.clientOrderId);
        return order ? event(order, { what: "refused", timeMs: entry.timeMs, reason: entry.reason }) : [];
      }
      case "fill": {
        const { fill, basis, timeMs } = entry, order = this.#orders.get(fill.clientOrderId);
        const done = {
          price: priceToNumber(fill.price),
          quantity: quantityToNumber(fill.quantity),
          basis: basis!,
          candle: metCandle(metCandles(this.candles, fill.instrument), fill.timeMs, basis!.rule),
        };
        return order ? event(order, { what: "filled", timeMs, fill: done }) : [];
      }
      case "ended": {
        const order = this.#orders.get(entry.clientOrderId);
        return order ? event(order, { what: entry.state, timeMs: entry.timeMs, reason: entry.reason }) : [];
      }
      case "charge": {
        const { charge, timeMs } = entry;
        return [{ timeMs, instrument: charge.instrument, what: "charged", charge: explainedCharge(charge) }];
      }
      case "liquidation": {
        const { timeMs } = entry, liquidation = explainedLiquidation(entry.liquidation, this.candles, this.feeds);
        return [{ timeMs, instrument: liquidation.instrument, what: "liquidated", liquidation }];
      }
      default:
        return [];
    }
  }
}

const numberOrNull = (value: number) => value - value === 0 ? value : null;
