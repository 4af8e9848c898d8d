import type { OrderIntent, Recorded, RiskApproved } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { Execution } from "./execution.ts";
import type { LiveOrders } from "./live_orders.ts";
import { simulatedOrder } from "./simulated_order.ts";

/** The end of markets: what rests there ends, and a position can only be settled. */
export class MarketEnds {
  readonly #execution: Execution;
  readonly #orders: LiveOrders;
  /** When the next market ends; −∞ before the first look. */
  #nextMs = -Infinity;

  constructor(execution: Execution) {
    this.#execution = execution;
    this.#orders = execution.orders;
  }

  /** Time passes: a market that has ended by then ends the orders that rest there. */
  advance(timeMs: TimestampMs): void {
    if (timeMs >= this.#nextMs) this.#end(timeMs);
  }

  #end(timeMs: TimestampMs): void {
    const { news, config } = this.#execution;
    this.#nextMs = Infinity;
    for (const listing of config.listings ?? []) {
      const endMs = listing?.delistedAtMs ?? Infinity;
      if (endMs > timeMs && endMs < this.#nextMs) this.#nextMs = endMs;
    }
    for (const order of this.#orders.all()) {
      if (order.state === "open" && this.hasEnded(order.instrument, timeMs)) news.end(order, "expired", "delisted");
    }
  }

  hasEnded(instrument: number, timeMs: TimestampMs): boolean {
    return timeMs >= (this.#execution.config.listings?.[instrument]?.delistedAtMs ?? Infinity);
  }

  /** An order in a market that has ended: what closes a position is settled at the last trade, at the taker's fee. */
  settle(intent: Recorded<RiskApproved<OrderIntent>>, instrument: number): void {
    const { news, marks, config: { instruments } } = this.#execution, { clientOrderId, quantity } = intent;
    if (!intent.reduceOnly || intent.kind !== "market") {
      return news.refused(clientOrderId, { code: "delisted", reason: `${intent.instrument} was delisted` });
    }
    const order = simulatedOrder(intent, instrument, instruments[instrument]!.tick, null, -Infinity, true);
    news.accepted(clientOrderId, quantity);
    this.#execution.settle(order, marks[instrument]!);
    this.#orders.addEnded(order);
  }
}
