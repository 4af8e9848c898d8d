import { hashText, keyedRandom, type TimestampMs } from "../time/mod.ts";
import { arrive } from "./arrival.ts";
import { CandlePath, nearestExtremeIsHigh } from "./candle_path.ts";
import type { Execution } from "./execution.ts";
import type { LiveOrders } from "./live_orders.ts";
import { isBeyondLimit, reachesStop } from "./matching.ts";
import { ORDER_KINDS } from "./order_kinds.ts";
import type { HeldPosition } from "./simulated_account.ts";
import { isThere, type SimulatedOrder } from "./simulated_order.ts";
import type { TradedCandles } from "./traded_candles.ts";

/** What a walk comes to next. */
type Next = "order" | "liquidation" | "request" | "turn" | "marks" | "nothing";

/**
 * A walk along the stated path of one market's candle. All that happens to its orders and positions does so where the
 * walk has come to, and nothing of the way behind it can be used any more.
 */
export class MarketWalk {
  /** When it comes to what is next; Infinity at its end. */
  nextMs = Infinity;
  #next: Next = "nothing";
  #order: SimulatedOrder | null = null;
  #lost: { position: HeldPosition; price: number } | null = null;
  #price = NaN;
  #instrument = 0;
  #row = 0;
  #candles: TradedCandles | null = null;
  #hasMarks = false;
  readonly #path = new CandlePath();
  readonly #execution: Execution;
  readonly #orders: LiveOrders;

  constructor(execution: Execution) {
    this.#execution = execution;
    this.#orders = execution.orders;
  }

  /** @param fromMs Where in the candle's time it begins. */
  start(candles: TradedCandles, row: number, fromMs: number): void {
    const { rules, seed, instruments } = this.#execution.config, instrument = candles.instrument[row]!;
    const open = candles.open[row]!, high = candles.high[row]!, low = candles.low[row]!;
    const openTimeMs = candles.openTimeMs[row]!;
    const highFirst = rules.path === "random"
      ? keyedRandom(seed, hashText(instruments[instrument]!.id), openTimeMs) < 0.5
      : nearestExtremeIsHigh(open, high, low);
    this.#path.start(open, high, low, candles.close[row]!, highFirst, openTimeMs, candles.closeTimeMs);
    this.#path.skipTo(fromMs);
    this.#candles = candles;
    this.#row = row;
    this.#instrument = instrument;
    this.#hasMarks = true;
  }

  /** Looks at the straight line ahead for what comes first. */
  look(): void {
    const path = this.#path, { price: from, end: to } = path;
    if (to !== to) {
      this.#next = this.#hasMarks ? "marks" : "nothing";
      this.nextMs = this.#hasMarks ? path.timeMs : Infinity;
      return;
    }
    this.#next = "turn";
    this.nextMs = path.endMs;
    const distance = this.#lookForOrder(from, to);
    this.#lost = this.#execution.desk?.onWay(this.#instrument, from, to) ?? null;
    if (this.#lost !== null && Math.abs(this.#lost.price - from) <= distance) {
      this.#next = "liquidation";
      this.#price = this.#lost.price;
    }
    if (this.#next !== "turn") this.nextMs = path.timeAt(this.#price);
    this.#lookForRequest();
  }

  /** Goes to what {@linkcode look} has found. True when there is news. */
  go(): boolean {
    const { news } = this.#execution, before = news.events.length;
    news.nowMs = this.#moment();
    switch (this.#next) {
      case "order":
        this.#passTo(this.#price);
        this.#trade(this.#order!);
        break;
      case "liquidation":
        this.#passTo(this.#price);
        this.#execution.desk!.takeOver(this.#lost!, news.nowMs);
        break;
      case "request":
        this.#passTo(this.#path.priceAt(this.nextMs));
        this.#takeRequests(this.nextMs);
        break;
      case "turn":
        this.#passTo(this.#path.end);
        this.#path.turn();
        break;
      case "marks":
        this.#hasMarks = false;
        this.#execution.desk?.insideByMark(this.#instrument, news.nowMs);
        break;
    }
    return news.events.length > before;
  }

  /** The whole millisecond, which is one of this candle. */
  #moment(): TimestampMs {
    return Math.min(Math.floor(this.nextMs), this.#candles!.closeTimeMs - 1) as TimestampMs;
  }

  /** Distance to the order that is met first, a stop before others at the same price. */
  #lookForOrder(from: number, to: number): number {
    const { volume, config: { rules } } = this.#execution, { timeMs } = this.#path;
    let distance = Infinity;
    if (!(volume.left(this.#instrument) > 0)) return distance;
    for (const order of this.#orders.of(this.#instrument)) {
      if (!isThere(order, timeMs) || mustNotRest(order)) continue;
      const kind = ORDER_KINDS[order.intent.kind];
      const reached = kind.onWay(order, from, to, rules), away = Math.abs(reached - from);
      const isFirst = away < distance ||
        (away === distance && kind.isStop && !ORDER_KINDS[this.#order!.intent.kind].isStop);
      if (!isFirst) continue;
      this.#next = "order";
      this.#order = order;
      this.#price = reached;
      distance = away;
    }
    return distance;
  }

  /** Orders, moves and cancels that arrive before anything else happens. */
  #lookForRequest(): void {
    const { timeMs } = this.#path;
    for (const order of this.#orders.of(this.#instrument)) {
      const { activeFromMs, cancelledFromMs, movesFromMs } = order;
      // Most orders have nothing on its way.
      if (activeFromMs <= timeMs && cancelledFromMs === Infinity && movesFromMs === Infinity) continue;
      if (order.state !== "open") continue;
      this.#noteRequest(activeFromMs);
      this.#noteRequest(cancelledFromMs);
      this.#noteRequest(movesFromMs);
    }
  }

  /** At the same moment the request comes first. */
  #noteRequest(atMs: number): void {
    if (!(atMs > this.#path.timeMs && atMs <= this.nextMs && atMs < this.#candles!.closeTimeMs)) return;
    this.#next = "request";
    this.nextMs = atMs;
  }

  #trade(order: SimulatedOrder): void {
    const { desk, news, volume } = this.#execution, { filled, intent: { reduceOnly, kind } } = order;
    // Of a target and a liquidation by marks, whose way is not known, the worse one.
    if (reduceOnly && !ORDER_KINDS[kind].isStop) desk?.insideByMark(this.#instrument, news.nowMs);
    if (!this.#execution.executeAt(order, this.#price, news.nowMs)) volume.exhaust(this.#instrument);
    if (reduceOnly && order.filled > filled && this.#reachesOther(order)) {
      this.#execution.noteAmbiguous(order, news.nowMs);
    }
  }

  #passTo(to: number): void {
    const path = this.#path;
    for (const order of this.#orders.of(this.#instrument)) {
      if (isThere(order, path.timeMs)) ORDER_KINDS[order.intent.kind].passed(order, path.price, to);
    }
    path.goTo(to, this.nextMs);
  }

  #takeRequests(timeMs: number): void {
    const { news } = this.#execution, orders = this.#orders.of(this.#instrument), { price } = this.#path;
    for (const order of orders) {
      if (order.state === "open" && order.activeFromMs === timeMs) arrive(this.#execution, order, price, price);
    }
    for (const order of orders) {
      if (order.state === "open" && order.cancelledFromMs === timeMs) news.end(order, "cancelled", "asked for");
    }
    // Backwards, as each goes to the end.
    for (let i = orders.length - 1; i >= 0; i--) {
      const order = orders[i]!;
      if (order.state === "open" && order.movesFromMs === timeMs) this.#orders.carryMoveOut(order, price);
    }
  }

  /** True when the candle reaches another protective order of the same book: only its path says which came first. */
  #reachesOther(filled: SimulatedOrder): boolean {
    const { closeTimeMs } = this.#candles!,
      high = this.#candles!.high[this.#row]!,
      low = this.#candles!.low[this.#row]!;
    return this.#orders.of(this.#instrument).some((order) => {
      const { side, kind, book, reduceOnly } = order.intent;
      if (order === filled || !reduceOnly || book !== filled.intent.book || !isThere(order, closeTimeMs - 1)) {
        return false;
      }
      if (kind === "market" || kind === filled.intent.kind) return false;
      return ORDER_KINDS[kind].isStop
        ? reachesStop(side, order.price, side === "sell" ? low : high)
        : isBeyondLimit(side, order.price, side === "sell" ? high : low);
    });
  }
}

/** A limit that was sent inside the candle and may not rest waits for the next open, as any that is sent before one. */
function mustNotRest({ intent: { kind, terms } }: SimulatedOrder): boolean {
  return kind === "limit" && terms.timeInForce !== "GTC";
}
