// Each order at the moment it leaves, and each step at the moment it is durable, against what venue and store hold then.
import type { LoopbackOrder, OrderRequest, Refusal } from "../../exchanges/mod.ts";
import { addQuantity, AMOUNTS_PER_UNIT, notional, type Quantity, ZERO_QUANTITY } from "../../money/mod.ts";
import { type ClientOrderId, type OrderStep, quantityToFill } from "../../orders/mod.ts";
import { MINUTE_MS } from "../../time/mod.ts";
import { DECISION_LASTS_MS } from "../session_gate.ts";
import type { SessionBatch } from "../session_store.ts";
import { tradeIdOf } from "../venue_amounts.ts";
import type { WorldView } from "./world_view.ts";

/** What is known of an order at the venue. */
interface AtVenue {
  readonly order: LoopbackOrder;
  /** All that was ever traded, whether it was taken back later or not. */
  traded: Quantity;
  /** The same when it ended; null while it has not. */
  tradedAtEnd: Quantity | null;
}

/** What the line has lost has been asked for after so long. */
const QUIET_MS = 5 * MINUTE_MS;
/** A clock that was set is noticed within this. */
const CLOCK_SEEN_MS = 10_000;

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
  /** Books that an execution has halted which came after the end of its order, or beyond its size (fault 22). */
  readonly #haltedBooks = new Set<number>();
  /** True from a kill switch on until a person lets the account go on, whether it was let go or not. */
  #isKilled = false;
  /** True while the account is halted by an input that is durable. */
  #isHalted = false;

  constructor(world: WorldView, violation: (invariant: string, what: string) => void) {
    this.#world = world;
    this.#violation = violation;
  }

  /** The database has lost what it had confirmed. */
  rewound(): void {
    this.#isHalted = this.#isKilled = false;
    this.#haltedBooks.clear();
    for (const text of this.#world.store.inputs) this.#heedHalt(text);
  }

  #heedHalt(text: string): void {
    if (text.startsWith('{"kind":"halt"')) this.#isHalted = true;
    if (!text.startsWith('{"kind":"resume"')) return;
    this.#isHalted = false;
    this.#isKilled = false;
    this.#haltedBooks.clear();
  }

  /** The kill switch is set. */
  onKilled(): void {
    this.#isKilled = true;
  }

  /** A person has taken it back before its halt could be written down: whoever leads next cannot know of it. */
  onCleared(): void {
    this.#isKilled &&= this.#isHalted;
  }

  /**
   * The first byte of an order leaves; it arrives then, where it arrives so that the venue takes it.
   *
   * @param clockOffForMs For how long the clock of its machine has been off; 0 where it is not.
   */
  onSent({ clientOrderId }: OrderRequest, arrivesMs: number | null, clockOffForMs: number): void {
    const { store, clock, config, killed, mode } = this.#world, nowMs = clock.now();
    const known = store.journal.kept.orders.get(clientOrderId as ClientOrderId);
    if (known === undefined && store.lost.has(clientOrderId)) return; // it was durable when it was let go
    if (known === undefined) return this.#violation("I1", `${clientOrderId} left, and the journal does not know it`);
    const { state, epoch, intent } = known,
      told = (invariant: string, what: string) => this.#violation(invariant, `${clientOrderId} left ${what}`);
    if (this.#sent.has(clientOrderId)) told("I2", "a second time");
    this.#sent.add(clientOrderId);
    if (state !== "sending") told("I1", `while the journal had it as ${state}`);
    if (!clientOrderId.startsWith(`${config.session}${epoch.toString(36)}-`)) {
      told("I7", "without its epoch in its name");
    }
    if (epoch !== store.epoch) told("I7", `under epoch ${epoch}, and epoch ${store.epoch} leads`);
    const older = [...this.#underWay].find(([, own]) => own.epoch < epoch && own.arrivesMs > nowMs);
    if (older !== undefined) told("I7", `while ${older[0]} of an older epoch is on its way`);
    if (arrivesMs !== null) this.#underWay.set(clientOrderId, { epoch, arrivesMs });
    if (mode === "readOnly" || (mode === "reduceOnly" && !intent.reduceOnly)) told("I8", `in the mode ${mode}`);
    if (intent.reduceOnly) return;
    if (killed !== null) told("I10", `after the kill switch was set by ${killed}`);
    else if (this.#isKilled) told("I10", "after a kill switch, and nobody has let the account go on since");
    if (clockOffForMs > CLOCK_SEEN_MS) told("I11", `from a machine whose clock has been off for ${clockOffForMs} ms`);
    const ageMs = nowMs - intent.decidedAtMs;
    if (ageMs > DECISION_LASTS_MS) told("I8", `${ageMs} ms after it was decided`);
  }

  /** An order is asked back. */
  onCancel(clientOrderId: string): void {
    if (this.#world.mode === "readOnly") this.#violation("I8", `${clientOrderId} was asked back in the mode readOnly`);
  }

  /** An order has reached the venue. */
  onPlaced(order: LoopbackOrder): void {
    this.#underWay.delete(order.clientOrderId);
    this.#atVenue(order);
  }

  /** The venue has turned an order down. */
  onRefused(clientOrderId: string, code: Refusal): void {
    const known = this.#world.store.journal.kept.orders.get(clientOrderId as ClientOrderId);
    if (code !== "no-funds" || known?.intent.reduceOnly !== true || this.#world.wasLineTroubled(QUIET_MS)) return;
    const { store, venue, instruments } = this.#world, { instrument, quantity } = known.intent;
    if (store.lost.size > 0) return; // what it has lost may hold the balance
    // Where a stop has sold it meanwhile, there is nothing to take back.
    const { base } = instruments.find(({ id }) => id === instrument)!;
    const total = venue.balances().find(({ asset }) => asset === base)?.total ?? "0";
    if (notional(total) < quantity * AMOUNTS_PER_UNIT) return;
    this.#violation("I9", `${clientOrderId} is to close, and what holds its balance had not been taken back`);
  }

  /** The venue has told an end otherwise than it was. */
  onMisstated(clientOrderId: string): void {
    this.#misstated.add(clientOrderId);
  }

  /** Something changed at the venue. */
  onNews(order: LoopbackOrder, traded: Quantity | null): void {
    const own = this.#atVenue(order);
    // One that has vanished told no end: what trades then has come after it.
    const isOver = order.state === "cancelled" || order.state === "expired";
    if (isOver && traded !== null) own.tradedAtEnd ??= own.traded;
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
  onCommitted({ inputs, intents, steps, fills, adjustments }: SessionBatch): void {
    const isResumed = inputs.some((text) => text.startsWith('{"kind":"resume"'));
    for (const { clientOrderId, slot, sinceMs, book } of intents) {
      if (slot !== "entry" || sinceMs !== undefined || isResumed) continue;
      const what = this.#isHalted ? "the account" : this.#haltedBooks.has(book) ? `book ${book}` : null;
      if (what !== null) this.#violation("I15", `${clientOrderId} was decided while ${what} was halted`);
    }
    for (const text of inputs) this.#heedHalt(text);
    for (const step of steps) this.#judge(step);
    for (const { tradeId, clientOrderId } of fills) {
      this.#judgeBust(tradeId);
      const known = this.#world.store.journal.kept.orders.get(clientOrderId);
      if (known !== undefined && known.filled > known.intent.quantity && known.intent.sizeAtFill === null) {
        this.#haltedBooks.add(known.intent.book);
      }
    }
    for (const { id, asset } of adjustments) this.#judgeAdjustment(id, asset);
  }

  /** What is undone is what the venue has taken back (fault 29). */
  #judgeBust(tradeId: string): void {
    const { venue } = this.#world;
    const own = venue.fills.find(({ number, order }) => `${tradeIdOf(`${number}`, order.market)}-busted` === tradeId);
    if (own !== undefined) this.#violation("I4", `trade ${own.number} was undone, and the venue has it`);
  }

  /** A balance moves by itself only where something has moved it (fault 27). */
  #judgeAdjustment(id: string, asset: string): void {
    if (this.#world.hasMovedBalances) return;
    this.#violation("I4", `${id} adjusts ${asset}, and nothing has moved the account's balances`);
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
    // What was taken back before anybody heard of it never was.
    const traded = own.tradedAtEnd === null || own.order.filled < own.tradedAtEnd ? own.order.filled : own.tradedAtEnd;
    if (filled < traded && !this.#misstated.has(clientOrderId)) {
      told(`${traded} were traded of it, not ${filled}`);
    }
  }
}
