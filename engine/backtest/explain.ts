// One moment of a run, taken apart: what the strategy saw, what it asked for, what became of it and why.
import { InputError } from "../errors/mod.ts";
import { type CandleColumns, VALUE_COLUMNS } from "../market/mod.ts";
import { priceToNumber, quantityToNumber } from "../money/mod.ts";
import type { OrderIntent, PriceBasis, VenueEvent } from "../orders/mod.ts";
import { evaluateColumns, type Series } from "../series/mod.ts";
import type { BoundStrategy } from "../strategies/mod.ts";
import { barClose, formatTimestamp, type TimestampMs } from "../time/mod.ts";
import type { CandleGroup, Command, Trader } from "../trader/mod.ts";
import { replayOf, seriesOf, usedCandles } from "./backtest.ts";
import { explained, type ExplainedOrder } from "./explained_order.ts";
import type { ReplayObserver } from "./replay.ts";
import type { RunFunctions } from "./run_functions.ts";
import type { RunSpec } from "./run_spec.ts";
import { partsOf } from "./series_parts.ts";
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
  readonly instrument: string;
  /** The candle that closed; null where the market had none. */
  readonly candle: Readonly<Record<"openTimeMs" | (typeof VALUE_COLUMNS)[number], number>> | null;
  /** Everything that its rules are made of, then the rules; null where unknown. */
  readonly values: readonly { readonly label: string; readonly value: number | null }[];
  /** Signed position and its average entry price, before anything that was decided now. */
  readonly position: number;
  readonly entryPrice: number | null;
  /** Orders that it asked for at this close, with what the risk rules said. */
  readonly orders: readonly ExplainedOrder[];
}

/** Something that happened to an order. */
export interface ExplainedEvent {
  readonly timeMs: TimestampMs;
  readonly instrument: string;
  readonly order: ExplainedOrder;
  readonly what: "sent" | "refused" | "filled" | "cancelled" | "expired";
  /** Of a fill: its price and quantity, the price before slippage and the rule that set it. */
  readonly fill: { readonly price: number; readonly quantity: number; readonly basis: PriceBasis } | null;
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
  strategy: BoundStrategy,
  candles: readonly CandleColumns[],
  atMs: TimestampMs,
  functions: RunFunctions = {},
  feeds: readonly VenueFeed[] = [],
): Explanation {
  const { used, tradeFromMs } = usedCandles(spec, strategy, candles);
  const own = used.filter((columns) => columns.timeframe === spec.timeframe);
  const decidedAtMs = lastCloseBy(own, atMs);
  const witness = new Witness(own, seriesOf(spec, strategy), decidedAtMs, tradeFromMs);
  replayOf(spec, strategy, used, tradeFromMs, undefined, witness, functions, usedFeeds(spec, used, feeds));
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
  readonly #nodes: readonly Series[];

  constructor(
    readonly candles: readonly CandleColumns[],
    series: readonly Series[],
    readonly decidedAtMs: TimestampMs,
    readonly tradeFromMs: TimestampMs,
  ) {
    this.#nodes = partsOf(series);
  }

  command(command: Command): void {
    if (command.kind === "record") this.#orders.set(command.order.clientOrderId, command.order);
    this.#log.push(command);
  }

  news(event: VenueEvent): void {
    this.#log.push(event);
  }

  decided(trader: Trader, group: CandleGroup): boolean {
    const log = this.#log;
    this.#log = [];
    if (this.#seen === null) {
      if (group.closeTimeMs === this.decidedAtMs) this.#seen = this.#look(trader, group, log);
      return true;
    }
    const decidedNow = (order: OrderIntent) => order.decidedAtMs === group.closeTimeMs;
    this.#happened = log.flatMap((entry) => this.#eventOf(entry, decidedNow));
    return false;
  }

  explanation(): Explanation {
    const { equity, books } = this.#seen!;
    return { decidedAtMs: this.decidedAtMs, equity, books, happened: this.#happened };
  }

  #look({ state, config, books }: Trader, group: CandleGroup, log: readonly (Command | VenueEvent)[]) {
    const asked = log.flatMap((entry) =>
      (entry.kind === "record" || (entry.kind === "refused" && "order" in entry)) &&
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
        const { instrument } = config.books[book]!, row = group.rowOf[instrument]!;
        return {
          instrument: config.instruments[instrument]!.id,
          candle: row < 0 ? null : {
            openTimeMs: group.openTimeMs[row]!,
            open: group.open[row]!,
            high: group.high[row]!,
            low: group.low[row]!,
            close: group.close[row]!,
            volume: group.volume[row]!,
          },
          values: row < 0 ? [] : this.#values(instrument, group.openTimeMs[row]!),
          position: context.position,
          entryPrice: numberOrNull(context.entryPrice),
          orders: asked.filter(({ order }) => order.book === book).map(({ answer }) => answer),
        };
      }),
    };
  }

  #values(instrument: number, openTimeMs: number): { label: string; value: number | null }[] {
    const own = this.candles[instrument]!, row = own.openTimeMs.indexOf(openTimeMs);
    const others = new Map(this.candles.map((columns) => [columns.instrument.symbol, columns]));
    const columns = evaluateColumns(this.#nodes, own, others);
    return this.#nodes.map((node, i) => ({ label: node.label, value: numberOrNull(columns[i]![row]!) }));
  }

  #eventOf(entry: Command | VenueEvent, decidedNow: (order: OrderIntent) => boolean): ExplainedEvent[] {
    const event = (
      order: OrderIntent,
      part: Partial<ExplainedEvent> & Pick<ExplainedEvent, "what">,
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
        const done = { price: priceToNumber(fill.price), quantity: quantityToNumber(fill.quantity), basis: basis! };
        return order ? event(order, { what: "filled", timeMs, fill: done }) : [];
      }
      case "ended": {
        const order = this.#orders.get(entry.clientOrderId);
        return order ? event(order, { what: entry.state, timeMs: entry.timeMs, reason: entry.reason }) : [];
      }
      default:
        return [];
    }
  }
}

const numberOrNull = (value: number) => value - value === 0 ? value : null;
