import type { TimestampMs } from "../time/mod.ts";
import { arrive } from "./arrival.ts";
import type { Execution } from "./execution.ts";
import type { LiveOrders } from "./live_orders.ts";
import type { SimulatedOrder } from "./simulated_order.ts";
import { candleIn, type TradedCandles } from "./traded_candles.ts";
import { bestWithin, farthestIn, worstWithin } from "./unstated_path.ts";

/**
 * Requests that arrive inside candles whose path is not stated, one after the other: what trades at that moment trades
 * at the worst price that the market can have had by then.
 */
export class LateArrivals {
  readonly #execution: Execution;
  readonly #orders: LiveOrders;
  /** By when all have arrived. */
  #doneMs = -Infinity;

  constructor(execution: Execution) {
    this.#execution = execution;
    this.#orders = execution.orders;
  }

  begin(): void {
    this.#doneMs = -Infinity;
  }

  /** True once one of them has arrived. */
  get hasBegun(): boolean {
    return this.#doneMs !== -Infinity;
  }

  /** The next of them that has news; false when there is none left. */
  next(candles: TradedCandles, rows: readonly number[]): boolean {
    const { news } = this.#execution, { closeTimeMs } = candles, before = news.events.length;
    while (news.events.length === before) {
      let nextMs = Infinity;
      for (const row of rows) {
        for (const order of this.#orders.of(candles.instrument[row]!)) {
          if (this.#isComing(order, candles.openTimeMs[row]!)) nextMs = Math.min(nextMs, order.activeFromMs);
        }
      }
      if (nextMs >= closeTimeMs) return false;
      this.#doneMs = nextMs;
      news.nowMs = nextMs as TimestampMs;
      for (const row of rows) this.#arrive(candles, row);
    }
    return true;
  }

  /** What protects an entry of this very candle is judged after it, by what is left of the candle then. */
  #isComing({ state, activeFromMs, sinceInside }: SimulatedOrder, openTimeMs: number): boolean {
    return state === "open" && activeFromMs > this.#doneMs && activeFromMs > openTimeMs && !sinceInside;
  }

  #arrive(candles: TradedCandles, row: number): void {
    const { entries } = this.#execution;
    for (const order of this.#orders.of(candles.instrument[row]!)) {
      const { activeFromMs: timeMs, filled, state, intent: { side, book, reduceOnly } } = order;
      if (timeMs !== this.#doneMs || state !== "open" || order.sinceInside) continue;
      const candle = candleIn(candles, row);
      const far = farthestIn(candle, timeMs - candle.openTimeMs);
      const best = bestWithin(side, candle, candle.open, far), price = worstWithin(side, candle, candle.open, far);
      arrive(this.#execution, order, best, price, "worst-by-arrival");
      if (!reduceOnly && order.filled > filled) entries.inside.set(book, { kind: "stop", price, timeMs, isLate: true });
    }
  }
}
