// A journal that ends with the process: of simulations, which kill its holders but not its store.
import { CodedError } from "../errors/mod.ts";
import { canonicalJson } from "../identity/mod.ts";
import type { Fill } from "./fill.ts";
import type { Adjustment, FillVerdict, OrderStep } from "./journal_entry.ts";
import type { JournalEvent } from "./journal_event.ts";
import { applyEvent, type JournalState, quantityToFill, replayJournal, takesStep, verdictOn } from "./journal_state.ts";
import type { OrderJournal } from "./order_journal.ts";
import type { OrderIntent } from "./order_intent.ts";
import type { Recorded, RiskApproved } from "./proof.ts";

/** What outlives the holders of a journal in memory: its events, and the epoch of the last holder. */
export class MemoryJournalStore {
  readonly events: JournalEvent[];
  readonly kept: JournalState;
  epoch = 0;

  /** @param events What it holds from the beginning. */
  constructor(events: readonly JournalEvent[] = []) {
    this.events = [...events];
    this.kept = replayJournal(events);
  }

  append(event: JournalEvent): void {
    applyEvent(this.kept, event);
    this.events.push(event);
  }

  /** A journal under the next epoch: those before it may record no intent any more. */
  lead(): MemoryOrderJournal {
    return new MemoryOrderJournal(this, ++this.epoch);
  }
}

/** A holder's view of such a store. */
export class MemoryOrderJournal implements OrderJournal {
  constructor(readonly store: MemoryJournalStore, readonly epoch: number) {}

  record(order: RiskApproved<OrderIntent>): Recorded<RiskApproved<OrderIntent>> {
    const { epoch, kept } = this.store, known = kept.orders.get(order.clientOrderId);
    if (epoch !== this.epoch) {
      throw new CodedError("lease-lost", `epoch ${this.epoch} is over, epoch ${epoch} leads: stop, and read only`);
    }
    if (known === undefined) {
      this.store.append({ kind: "intent", order, epoch, timeMs: order.decidedAtMs });
    } else if (canonicalJson(known.intent) !== canonicalJson(order)) throw intentDiffers(order);
    return order as Recorded<RiskApproved<OrderIntent>>;
  }

  step(step: OrderStep): boolean {
    const order = this.store.kept.orders.get(step.clientOrderId);
    if (order === undefined) throw orderUnknown(step);
    if (!takesStep(order.state, step)) return false;
    this.store.append({ kind: "step", ...step });
    return true;
  }

  fill(fill: Fill): FillVerdict {
    const { orders, fills } = this.store.kept, order = orders.get(fill.clientOrderId);
    if (fills.has(fill.tradeId)) return "known";
    const verdict = verdictOn(fill, order === undefined ? null : { ...order, quantity: quantityToFill(order.intent) });
    this.store.append({ kind: "fill", fill, timeMs: fill.timeMs });
    return verdict;
  }

  adjust(adjustment: Adjustment): boolean {
    if (this.store.kept.adjustments.has(adjustment.id)) return false;
    this.store.append({ kind: "adjustment", ...adjustment });
    return true;
  }

  state(): JournalState {
    return replayJournal(this.store.events);
  }
}

/** The error of an intent under a name that another one has (I2). */
export function intentDiffers({ clientOrderId }: OrderIntent): CodedError {
  return new CodedError("intent-differs", `another intent is called ${clientOrderId}: two decisions share a slot`);
}

/** The error of a step of an order that nobody has recorded. */
export function orderUnknown({ clientOrderId }: Pick<OrderStep, "clientOrderId">): CodedError {
  return new CodedError("order-unknown", `the journal has no order ${clientOrderId}: it is somebody else's`);
}
