// Each order at the moment it leaves, and each step at the moment it is durable, against what venue and store hold then.
import type { LoopbackOrder, OrderRequest } from "../../exchanges/mod.ts";
import { addQuantity, type Quantity, ZERO_QUANTITY } from "../../money/mod.ts";
import { type ClientOrderId, type OrderStep, quantityToFill } from "../../orders/mod.ts";
import { DECISION_LASTS_MS } from "../session_gate.ts";
import type { SessionBatch } from "../session_store.ts";
import type { WorldView } from "./world_view.ts";

/** What is known of an order at the venue. */
interface AtVenue {
  readonly order: LoopbackOrder;
  /** All that was ever traded, whether it was taken back later or not. */
  traded: Quantity;
  /** The same when it ended; null while it has not. */
  tradedAtEnd: Quantity | null;
}

/** Finds a wrong word when it is written down, not by what may come of it one day. */
export class WorldAudit {
  readonly #world: WorldView;
  readonly #violation: (invariant: string, what: string) => void;
  readonly #orders = new Map<string, AtVenue>();
  readonly #sent = new Set<string>();
  /** Requests on their way that the venue would still accept when they arrive. */
  readonly #underWay = new Map<string, { readonly epoch: number; readonly arrivesMs: number }>();
  /** Orders of which the venue itself has said what was not so. */
  readonly #misstated = new Set<string>();
  #whyKilled: string | null = null;

  constructor(world: WorldView, violation: (invariant: string, what: string) => void) {
    this.#world = world;
    this.#violation = violation;
  }

  /** The kill switch is set, or let go. */
  kill(reason: string | null): void {
    this.#whyKilled = reason;
  }

  /** The first byte of an order leaves; it arrives then, where it arrives so that the venue takes it. */
  onSent({ clientOrderId }: OrderRequest, arrivesMs: number | null): void {
    const { store, clock } = this.#world, nowMs = clock.now();
    const known = store.journal.kept.orders.get(clientOrderId as ClientOrderId);
    if (known === undefined) return this.#violation("I1", `${clientOrderId} left, and the journal does not know it`);
    const { state, epoch, intent } = known,
      told = (invariant: string, what: string) => this.#violation(invariant, `${clientOrderId} left ${what}`);
    if (this.#sent.has(clientOrderId)) told("I2", "a second time");
    this.#sent.add(clientOrderId);
    if (state !== "sending") told("I1", `while the journal had it as ${state}`);
    if (epoch !== store.epoch) told("I7", `under epoch ${epoch}, and epoch ${store.epoch} leads`);
    const older = [...this.#underWay].find(([, own]) => own.epoch < epoch && own.arrivesMs > nowMs);
    if (older !== undefined) told("I7", `while ${older[0]} of an older epoch is on its way`);
    if (arrivesMs !== null) this.#underWay.set(clientOrderId, { epoch, arrivesMs });
    if (intent.reduceOnly) return;
    if (this.#whyKilled !== null) told("I10", `after the kill switch was set by ${this.#whyKilled}`);
    const ageMs = nowMs - intent.decidedAtMs;
    if (ageMs > DECISION_LASTS_MS) told("I8", `${ageMs} ms after it was decided`);
  }

  /** An order has reached the venue. */
  onPlaced(order: LoopbackOrder): void {
    this.#underWay.delete(order.clientOrderId);
    this.#atVenue(order);
  }

  /** The venue has told an end otherwise than it was. */
  onMisstated(clientOrderId: string): void {
    this.#misstated.add(clientOrderId);
  }

  /** Something changed at the venue. */
  onNews(order: LoopbackOrder, traded: Quantity | null): void {
    const own = this.#atVenue(order);
    if (traded !== null) own.traded = addQuantity(own.traded, traded);
    if (order.state !== "open" && own.tradedAtEnd === null) own.tradedAtEnd = own.traded;
  }

  #atVenue(order: LoopbackOrder): AtVenue {
    let own = this.#orders.get(order.clientOrderId);
    if (own === undefined) {
      this.#orders.set(order.clientOrderId, own = { order, traded: ZERO_QUANTITY, tradedAtEnd: null });
    }
    return own;
  }

  /** A batch is durable. */
  onCommitted({ steps }: SessionBatch): void {
    for (const step of steps) this.#judge(step);
  }

  #judge({ clientOrderId, to }: OrderStep): void {
    const own = this.#orders.get(clientOrderId),
      told = (what: string) => this.#violation("I6", `${clientOrderId} is ${to} in the journal, and ${what}`);
    switch (to) {
      case "refused":
      case "absent":
        if (own !== undefined && own.order.state !== "refused") told(`the venue has it as ${own.order.state}`);
        return;
      case "open":
      case "partiallyFilled":
        if (own === undefined) told("the venue has no such order");
        return;
      case "filled": {
        const size = quantityToFill(this.#world.store.journal.kept.orders.get(clientOrderId)!.intent);
        if (own === undefined || (size !== null && own.traded < size)) told(`${own?.traded} were traded of ${size}`);
        return;
      }
      case "cancelled":
      case "expired":
        return this.#judgeEnd(clientOrderId, own, told);
    }
  }

  #judgeEnd(clientOrderId: ClientOrderId, own: AtVenue | undefined, told: (what: string) => void): void {
    if (own === undefined) return told("the venue has no such order");
    if (own.order.state === "open") return told("the venue has it open");
    const { filled } = this.#world.store.journal.kept.orders.get(clientOrderId)!;
    if (filled < (own.tradedAtEnd ?? ZERO_QUANTITY) && !this.#misstated.has(clientOrderId)) {
      told(`${own.tradedAtEnd} were traded of it, not ${filled}`);
    }
  }
}
