import type { PriceBasis } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { Execution } from "./execution.ts";
import type { KnownCloses } from "./known_closes.ts";
import type { LiveOrders } from "./live_orders.ts";
import { reachesLimit } from "./matching.ts";
import { ORDER_KINDS } from "./order_kinds.ts";
import { isThere } from "./simulated_order.ts";
import { candleIn, type TradedCandles } from "./traded_candles.ts";

/** What happens to orders at the open of a candle: requests that have arrived by then, and what trades at its price. */
export class Opening {
  readonly #execution: Execution;
  readonly #orders: LiveOrders;
  readonly #closes: KnownCloses;

  constructor(execution: Execution, closes: KnownCloses) {
    this.#execution = execution;
    this.#orders = execution.orders;
    this.#closes = closes;
  }

  open(candles: TradedCandles, row: number): void {
    const { news, config: { rules } } = this.#execution;
    const instrument = candles.instrument[row]!, open = candles.open[row]!;
    const openTimeMs = candles.openTimeMs[row] as TimestampMs;
    news.nowMs = openTimeMs;
    this.#takeRequests(instrument, openTimeMs);
    this.#takeAtOnce(instrument, open, openTimeMs);
    if (rules.openGoesFirst) this.#resting(candles, row, openTimeMs);
    if (rules.marketPrice === "previous-close") this.#marketOrdersBefore(instrument, openTimeMs);
    else this.marketOrders(instrument, open, openTimeMs, "next-open");
    // Of an order whose time is up somewhere in the candle only the open is certain: it never trades late.
    this.#expire(instrument, candles.closeTimeMs - 1);
  }

  /** Market orders of a market that are there, at one price. */
  marketOrders(instrument: number, price: number, timeMs: TimestampMs, rule: PriceBasis["rule"]): void {
    const { news } = this.#execution;
    for (const order of this.#orders.of(instrument)) {
      if (order.intent.kind !== "market" || !isThere(order, news.nowMs)) continue;
      this.#execution.execute(order, price, "taker", timeMs, rule);
      const mayWait = order.intent.terms.timeInForce === "GTC";
      if (order.state === "open" && !mayWait) news.end(order, "expired", "nothing more to trade at once");
    }
  }

  /** Market orders at the close before the candle that is traded; there is none before the first. */
  #marketOrdersBefore(instrument: number, openTimeMs: TimestampMs): void {
    const close = this.#closes.before(instrument, openTimeMs);
    const closeTimeMs = this.#closes.timeBeforeMs(instrument, openTimeMs) as TimestampMs;
    if (close === close) this.marketOrders(instrument, close, closeTimeMs, "previous-close");
  }

  /** Moves and cancels that have arrived, and orders whose time is up. */
  #takeRequests(instrument: number, openTimeMs: number): void {
    const orders = this.#orders.of(instrument), { news, marks } = this.#execution;
    // Backwards, as each goes to the end.
    for (let i = orders.length - 1; i >= 0; i--) {
      if (orders[i]!.movesFromMs <= openTimeMs) this.#orders.carryMoveOut(orders[i]!, marks[instrument]!);
    }
    for (const order of orders) {
      if (order.state !== "open") continue;
      order.allowance = Infinity;
      if (order.metFromMs !== order.metFromMs && order.activeFromMs <= openTimeMs) order.metFromMs = openTimeMs;
      if (order.cancelledFromMs <= openTimeMs) news.end(order, "cancelled", "asked for");
    }
    this.#expire(instrument, openTimeMs);
  }

  #expire(instrument: number, byMs: number): void {
    for (const order of this.#orders.of(instrument)) {
      const { expiresAtMs } = order.intent.terms;
      if (order.state !== "open" || expiresAtMs === null || expiresAtMs > byMs) continue;
      this.#execution.news.end(order, "expired", "its time is up");
    }
  }

  /** Limit orders that may not rest: the open, or nothing. */
  #takeAtOnce(instrument: number, open: number, timeMs: TimestampMs): void {
    for (const order of this.#orders.of(instrument)) {
      const { kind, side, terms } = order.intent;
      if (kind !== "limit" || terms.timeInForce === "GTC" || !isThere(order, timeMs)) continue;
      if (reachesLimit(side, order.price, open)) this.#execution.execute(order, open, "taker", timeMs, "next-open");
      if (order.state === "open") this.#execution.news.end(order, "expired", "nothing more to trade at once");
    }
  }

  /** Resting orders beyond which the candle opens. */
  #resting(candles: TradedCandles, row: number, timeMs: TimestampMs): void {
    const candle = candleIn(candles, row);
    for (const order of this.#orders.of(candles.instrument[row]!)) {
      if (!isThere(order, timeMs)) continue;
      this.#execution.executeAt(order, ORDER_KINDS[order.intent.kind].atOpen(order, candle.open, candle), timeMs);
    }
  }
}
