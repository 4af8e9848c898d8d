import type { TimestampMs } from "../time/mod.ts";
import type { Execution } from "./execution.ts";
import type { KnownCloses } from "./known_closes.ts";
import type { LiveOrders } from "./live_orders.ts";
import { reachesStop } from "./matching.ts";
import { follow, ORDER_KINDS } from "./order_kinds.ts";
import { yieldsTo } from "./oco_groups.ts";
import { leastMovedStop } from "./own_price.ts";
import { hasMoved, isThere, type SimulatedOrder } from "./simulated_order.ts";
import { candleIn, type CandlePrices, type TradedCandles } from "./traded_candles.ts";
import { certainlyStops, restFor } from "./unstated_path.ts";

/**
 * What orders do inside a candle whose path is not stated: stops before limits, so that where a candle reaches both the
 * worse one counts. An order that arrives inside it is not favoured: its stop has all that the candle has, its limit
 * only what is certain after the arrival.
 */
export class WorstCase {
  readonly #execution: Execution;
  readonly #orders: LiveOrders;
  readonly #closes: KnownCloses;
  /** When the protective stop filled that a candle has reached. */
  #stoppedMs = 0 as TimestampMs;

  constructor(execution: Execution, closes: KnownCloses) {
    this.#execution = execution;
    this.#orders = execution.orders;
    this.#closes = closes;
  }

  /** @param sinceEntry True for what protects an entry inside the candle, and has the whole candle by the rules. */
  meet(candles: TradedCandles, row: number, sinceEntry = false): void {
    const { desk, entries, config: { rules: { trailing } } } = this.#execution;
    const candle = candleIn(candles, row), instrument = candles.instrument[row]!;
    if (trailing === "best-price-first") this.#trail(instrument, candle);
    const stopped = this.#meetStops(instrument, candle, sinceEntry, false);
    desk?.inside(instrument, entries.lastMs(candle.openTimeMs) as TimestampMs);
    this.#meetLimits(instrument, candle, sinceEntry, stopped);
    if (trailing === "best-price-first") this.#meetStops(instrument, candle, sinceEntry, true);
  }

  /**
   * Stops that have moved inside candles come after everything else, all others first.
   *
   * @returns The book of a protective stop that has filled; −1 without one, or where it is told to be ambiguous already.
   */
  #meetStops(instrument: number, candle: CandlePrices, sinceEntry: boolean, moved: boolean): number {
    const { trailing } = this.#execution.config.rules, { openTimeMs } = candle;
    let stopped = -1;
    for (const order of this.#orders.of(instrument)) {
      const { activeFromMs, intent: { kind, side, book, reduceOnly } } = order;
      if (!ORDER_KINDS[kind].isStop || !this.#canMeet(order, candle, sinceEntry)) continue;
      if ((trailing === "best-price-first" && hasMoved(order)) !== moved) continue;
      const isLate = activeFromMs > openTimeMs, trigger = order.price;
      const price = isLate ? this.#lateStop(order, candle) : this.#stop(order, instrument, candle, moved);
      const { filled } = order;
      if (!this.#execute(order, price, candle) || order.filled === filled) continue;
      if (!reduceOnly) this.#noteEntry(order, order.intent.kind === "stop-limit" ? "limit" : "stop", price, candle);
      else if (isLate && !certainlyStops(side, trigger, candle, activeFromMs)) {
        this.#execution.noteAmbiguous(order, activeFromMs as TimestampMs);
      } else {
        this.#stoppedMs = Math.max(openTimeMs, activeFromMs) as TimestampMs;
        stopped = book;
      }
    }
    return stopped;
  }

  /** Price of a stop that was there at the open. */
  #stop(order: SimulatedOrder, instrument: number, candle: CandlePrices, moved: boolean): number {
    const { rules } = this.#execution.config;
    // What the candle moved over its own open has not been jumped over by it; a wide tick may move it over the best price.
    const jumped = order.followedMs === candle.openTimeMs
      ? Math.min(Math.max(order.price, candle.low), candle.high)
      : order.intent.reduceOnly || rules.stopEntryGap === "open"
      ? candle.open
      : this.#closes.before(instrument, candle.openTimeMs);
    const reached = ORDER_KINDS[order.intent.kind].inside(order, candle, jumped, rules);
    return moved && reached === reached ? this.#movedStop(order, candle, reached) : reached;
  }

  /** Price of a stop that arrives inside: whatever the candle reaches may come after that. */
  #lateStop(order: SimulatedOrder, candle: CandlePrices): number {
    const rest = restFor(order, candle);
    return ORDER_KINDS[order.intent.kind].inside(order, rest, rest.open, this.#execution.config.rules);
  }

  #meetLimits(instrument: number, candle: CandlePrices, sinceEntry: boolean, stopped: number): void {
    const { rules } = this.#execution.config;
    for (const order of this.#orders.of(instrument)) {
      const kind = ORDER_KINDS[order.intent.kind], { reduceOnly, book } = order.intent;
      if (kind.isStop || !this.#canMeet(order, candle, sinceEntry)) continue;
      if (sinceEntry && this.#liesBehindClose(order, candle)) continue;
      const own = restFor(order, candle);
      const price = kind.inside(order, own, own.open, rules);
      if (reduceOnly && book === stopped) {
        const possible = own === candle ? price : kind.inside(order, candle, candle.open, rules);
        if (possible === possible) this.#execution.noteAmbiguous(order, this.#stoppedMs);
      }
      if (price !== price) continue;
      const { filled } = order;
      this.#execute(order, price, candle);
      if (!reduceOnly && order.filled > filled) this.#noteEntry(order, "limit", price, candle);
    }
  }

  #execute(order: SimulatedOrder, price: number, { openTimeMs }: CandlePrices): boolean {
    return this.#execution.executeAt(order, price, Math.max(openTimeMs, order.activeFromMs) as TimestampMs);
  }

  #noteEntry(order: SimulatedOrder, kind: "limit" | "stop", price: number, { openTimeMs }: CandlePrices): void {
    const { activeFromMs, intent: { book } } = order, isLate = activeFromMs > openTimeMs;
    this.#execution.entries.inside.set(book, { kind, price, timeMs: Math.max(openTimeMs, activeFromMs), isLate });
  }

  /** The candle goes to its best price first: trailing stops follow it, unless they are reached where they are. */
  #trail(instrument: number, { high, low, openTimeMs }: CandlePrices): void {
    for (const order of this.#orders.of(instrument)) {
      if (order.intent.kind !== "trailing-stop" || !isThere(order, openTimeMs)) continue;
      const { side } = order.intent;
      if (reachesStop(side, order.price, side === "sell" ? low : high)) continue;
      follow(order, side === "sell" ? high : low);
      order.followedMs = openTimeMs;
    }
  }

  #movedStop({ intent: { book, side, trail } }: SimulatedOrder, candle: CandlePrices, reached: number): number {
    const { entries, config: { leverage } } = this.#execution, entry = entries.priceSince(book, candle.openTimeMs);
    return entry === entry ? leastMovedStop(side, trail!, candle, leverage) : reached;
  }

  /** After an entry that filled inside the candle, and from the other side of its open: a target beyond its close. */
  #liesBehindClose({ price, intent: { side, slot, book, sinceMs } }: SimulatedOrder, candle: CandlePrices): boolean {
    const entry = this.#execution.entries.priceSince(book, candle.openTimeMs);
    if (entry !== entry || slot !== "target" || sinceMs === candle.openTimeMs) return false;
    const sign = side === "sell" ? 1 : -1, open = sign * candle.open, close = sign * candle.close;
    return close < open && sign * entry < open && sign * price > close;
  }

  #canMeet(order: SimulatedOrder, candle: CandlePrices, sinceEntry: boolean): boolean {
    const { entries, config: { rules } } = this.#execution, { openTimeMs, closeTimeMs } = candle;
    if (sinceEntry) return isThere(order, openTimeMs) && entries.ruleFor(order, openTimeMs) === "whole-candle";
    // In the candle of its entry a protection comes afterwards.
    if (order.sinceInside || !isThere(order, closeTimeMs - 1)) return false;
    return !yieldsTo(order, this.#orders.of(order.instrument), candle, rules);
  }
}
