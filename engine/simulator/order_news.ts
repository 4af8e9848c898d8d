import type { Price, Quantity } from "../money/mod.ts";
import type { ClientOrderId, Fill, OrderIntent, PriceBasis, VenueEvent } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { SimulatedOrder } from "./simulated_order.ts";

/** What an exchange has to say of its orders, and the moment at which it says so. */
export class OrderNews {
  /** Not yet taken by anybody. */
  readonly events: VenueEvent[] = [];
  nowMs = 0 as TimestampMs;

  refused(clientOrderId: ClientOrderId, { code, reason }: { readonly code: string; readonly reason: string }): void {
    this.events.push({ kind: "refused", clientOrderId, code, reason, timeMs: this.nowMs });
  }

  accepted(clientOrderId: ClientOrderId, quantity: Quantity): void {
    this.events.push({ kind: "accepted", clientOrderId, quantity, timeMs: this.nowMs });
  }

  filled(fill: Fill, basis: PriceBasis, timeMs: TimestampMs): void {
    this.events.push({ kind: "fill", fill, basis, timeMs });
  }

  moved({ clientOrderId, limitPrice }: OrderIntent, price: Price): void {
    this.events.push({ kind: "moved", clientOrderId, price, limitPrice, timeMs: this.nowMs });
  }

  /** What an order is answered that was asked for; `missing` where there is none of that name. */
  found(clientOrderId: ClientOrderId, order: SimulatedOrder | undefined): void {
    if (order === undefined) {
      this.events.push({ kind: "missing", clientOrderId, timeMs: this.nowMs });
      return;
    }
    const { state, fills, intent: { price, limitPrice } } = order, timeMs = this.nowMs;
    this.events.push({ kind: "found", clientOrderId, state, price, limitPrice, fills: [...fills], timeMs });
  }

  /** Ends an order. */
  end(order: SimulatedOrder, state: "cancelled" | "expired", reason: string): void {
    order.state = state;
    const { intent: { clientOrderId }, filled } = order;
    this.events.push({ kind: "ended", clientOrderId, state, filled, reason, timeMs: this.nowMs });
  }
}
