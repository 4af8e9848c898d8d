import type { TimestampMs } from "../time/mod.ts";
import type { Execution } from "./execution.ts";
import type { LiveOrders } from "./live_orders.ts";
import { reachesStop } from "./matching.ts";
import { ORDER_KINDS } from "./order_kinds.ts";
import { isThere, type SimulatedOrder } from "./simulated_order.ts";
import { candleIn, type CandlePrices, type TradedCandles } from "./traded_candles.ts";
import { farthestIn, worstWithin } from "./unstated_path.ts";
import type { WorstCase } from "./worst_case.ts";

/** What protects entries that filled inside candles whose path is not stated, in the rest of those candles. */
export class AfterEntry {
  readonly #execution: Execution;
  readonly #orders: LiveOrders;
  readonly #worstCase: WorstCase;

  constructor(execution: Execution, worstCase: WorstCase) {
    this.#execution = execution;
    this.#orders = execution.orders;
    this.#worstCase = worstCase;
  }

  /** False when nothing was entered inside these candles. */
  meet(candles: TradedCandles, rows: readonly number[]): boolean {
    const { entries, config: { rules: { afterEntryInside: { limit, stop } } } } = this.#execution;
    if (entries.inside.size === 0) return false;
    for (const row of rows) {
      if (limit === "whole-candle" || stop === "whole-candle") this.#worstCase.meet(candles, row, true);
      this.#meetStops(candles, row);
      this.#meetTargets(candles, row);
    }
    this.#liquidate(candles);
    entries.inside.clear();
    return true;
  }

  /** A position that was opened inside a candle has its worst price before it, unless the rules leave that out. */
  #liquidate(candles: TradedCandles): void {
    const { desk, entries } = this.#execution;
    if (desk === null || !entries.isAnyHeld()) return;
    for (let row = 0; row < candles.count; row++) {
      desk.inside(candles.instrument[row]!, entries.lastMs(candles.openTimeMs[row]!) as TimestampMs);
    }
  }

  #meetStops(candles: TradedCandles, row: number): void {
    const { entries } = this.#execution, candle = candleIn(candles, row);
    for (const order of this.#orders.of(candles.instrument[row]!)) {
      const { side, kind, book } = order.intent, { price: trigger } = order;
      if (!ORDER_KINDS[kind].isStop || !isThere(order, candles.closeTimeMs - 1)) continue;
      const rule = entries.ruleFor(order, candle.openTimeMs);
      if (rule === null) continue;
      const price = this.#priceAtFirst(order, candle);
      // A trigger on the wrong side of the market is reached at once, where that is then.
      const certain = reachesStop(side, trigger, candle.close) || reachesStop(side, trigger, price);
      if (!certain && !reachesStop(side, trigger, side === "sell" ? candle.low : candle.high)) continue;
      if (rule !== "stop") {
        entries.inside.delete(book);
        continue;
      }
      const timeMs = Math.max(entries.inside.get(book)!.timeMs, order.activeFromMs) as TimestampMs;
      const at = reachesStop(side, trigger, price) ? price : trigger, { filled } = order;
      this.#execution.execute(order, at, "taker", timeMs, "stop-after-entry");
      if (!certain && order.filled > filled) this.#execution.noteAmbiguous(order, timeMs);
    }
  }

  /** Where the market is when the protection begins: at the entry, or as far against it as it can have gone since. */
  #priceAtFirst({ activeFromMs, intent: { side, book } }: SimulatedOrder, candle: CandlePrices): number {
    const { price, timeMs } = this.#execution.entries.inside.get(book)!;
    if (activeFromMs <= timeMs) return price;
    return worstWithin(side, candle, price, farthestIn(candle, activeFromMs - timeMs));
  }

  #meetTargets(candles: TradedCandles, row: number): void {
    const { entries, config: { rules } } = this.#execution, candle = candleIn(candles, row);
    for (const order of this.#orders.of(candles.instrument[row]!)) {
      const kind = ORDER_KINDS[order.intent.kind];
      if (kind.isStop || !isThere(order, candle.openTimeMs)) continue;
      if (entries.ruleFor(order, candle.openTimeMs) !== "target-unless-stop") continue;
      const price = kind.inside(order, candle, candle.open, rules);
      if (price !== price) continue;
      const liquidity = kind.isMaker(order, price) ? "maker" : "taker";
      this.#execution.execute(order, price, liquidity, candle.openTimeMs, "target-after-entry");
    }
  }
}
