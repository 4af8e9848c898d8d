// What the events of a journal come to: a fold, so that the same events give the same state (I13).
import { assert, CodedError } from "../errors/mod.ts";
import { identityOf, sha256Hex } from "../identity/mod.ts";
import type { InstrumentId } from "../market/mod.ts";
import { addNotional, addQuantity, type Notional, type Quantity, ZERO_NOTIONAL, ZERO_QUANTITY } from "../money/mod.ts";
import type { ClientOrderId } from "./client_order_id.ts";
import type { Fill } from "./fill.ts";
import type { JournalEvent } from "./journal_event.ts";
import type { FillVerdict, OrderStep } from "./journal_entry.ts";
import type { OrderIntent } from "./order_intent.ts";
import { canStep, isTerminal, type OrderState } from "./order_state.ts";
import { positionChange } from "./position.ts";

/** An order as the journal knows it. */
export interface JournalOrder {
  readonly intent: OrderIntent;
  readonly epoch: number;
  state: OrderState;
  /** Sum of its fills. */
  filled: Quantity;
}

/** All that a journal's events come to: plain data. */
export interface JournalState {
  readonly orders: Map<ClientOrderId, JournalOrder>;
  /** Executions by the venue's number, with what they were when they came. */
  readonly fills: Map<string, { readonly fill: Fill; readonly verdict: FillVerdict }>;
  /** Signed positions, each the sum of its fills (I3). */
  readonly positions: Map<InstrumentId, Quantity>;
  /** Sums of fees by asset. */
  readonly fees: Map<string, Notional>;
  /** Sums of adjustments by asset. */
  readonly adjusted: Map<string, Notional>;
  readonly adjustments: Set<string>;
}

/** A journal with nothing in it. */
export function emptyJournal(): JournalState {
  return {
    orders: new Map(),
    fills: new Map(),
    positions: new Map(),
    fees: new Map(),
    adjusted: new Map(),
    adjustments: new Set(),
  };
}

/** What is known of the order that a fill is of. */
export interface FilledOrder {
  readonly state: OrderState;
  readonly filled: Quantity;
  /** What was ordered; null where the venue sizes the order. */
  readonly quantity: Quantity | null;
}

/** What a fill is to its order as it is; null for an order that is not ours. */
export function verdictOn(fill: Fill, order: FilledOrder | null): FillVerdict {
  if (order === null) return "foreign";
  if (order.quantity !== null && order.filled + fill.quantity > order.quantity) return "over";
  // "filled" may be told before the last of its fills arrives: that one is on time.
  return isTerminal(order.state) && order.state !== "filled" ? "late" : "new";
}

/** What may be filled of an intent; null where the venue sizes the order. */
export function quantityToFill({ quantity, sizeAtFill }: OrderIntent): Quantity | null {
  return sizeAtFill === null ? quantity : null;
}

/** Refuses a step that no order takes; false where the order is there already. */
export function takesStep(from: OrderState, { clientOrderId, to }: Pick<OrderStep, "clientOrderId" | "to">): boolean {
  if (from === to) return false;
  if (!canStep(from, to)) {
    throw new CodedError(
      "order-step",
      `order ${clientOrderId} cannot go from ${from} to ${to}: the news is stale, or a bug`,
    );
  }
  return true;
}

/** Takes an event that a journal has accepted. */
export function applyEvent(state: JournalState, event: JournalEvent): void {
  switch (event.kind) {
    case "intent": {
      const { order, epoch } = event;
      assert(!state.orders.has(order.clientOrderId), `the journal has two intents ${order.clientOrderId}`);
      state.orders.set(order.clientOrderId, { intent: order, epoch, state: "recorded", filled: ZERO_QUANTITY });
      return;
    }
    case "step": {
      const order = state.orders.get(event.clientOrderId);
      assert(order !== undefined, `the journal has a step of ${event.clientOrderId} before its intent`);
      if (takesStep(order.state, event)) order.state = event.to;
      return;
    }
    case "fill":
      return applyFill(state, event.fill);
    case "adjustment": {
      const { id, asset, amount } = event;
      assert(!state.adjustments.has(id), `the journal has two adjustments ${id}`);
      state.adjustments.add(id);
      add(state.adjusted, asset, amount);
    }
  }
}

function applyFill(state: JournalState, fill: Fill): void {
  assert(!state.fills.has(fill.tradeId), `the journal has two fills ${fill.tradeId}`);
  const order = state.orders.get(fill.clientOrderId) ?? null;
  const verdict = verdictOn(fill, order === null ? null : { ...order, quantity: quantityToFill(order.intent) });
  state.fills.set(fill.tradeId, { fill, verdict });
  if (order !== null) order.filled = addQuantity(order.filled, fill.quantity);
  const position = state.positions.get(fill.instrument) ?? ZERO_QUANTITY;
  state.positions.set(fill.instrument, addQuantity(position, positionChange(fill)));
  add(state.fees, fill.feeAsset, fill.fee as bigint as Notional);
}

function add(sums: Map<string, Notional>, asset: string, amount: Notional): void {
  sums.set(asset, addNotional(sums.get(asset) ?? ZERO_NOTIONAL, amount));
}

/** The state that events come to. */
export function replayJournal(events: Iterable<JournalEvent>): JournalState {
  const state = emptyJournal();
  for (const event of events) applyEvent(state, event);
  return state;
}

/**
 * SHA-256 of a state: two journals with the same are the same to trading. It does not depend on the order in which fills
 * came, so neither on what they were when they came.
 */
export function hashOfJournal(state: JournalState): string {
  return identityOf({
    orders: hashOfAll(state.orders),
    fills: hashOfAll([...state.fills.values()].map(({ fill }) => fill)),
    positions: hashOfAll(state.positions),
    fees: hashOfAll(state.fees),
    adjusted: hashOfAll(state.adjusted),
    adjustments: hashOfAll(state.adjustments),
  });
}

/** Each by itself, so that years of trading need no text of all that happened in one piece. */
function hashOfAll(entries: Iterable<unknown>): string {
  return sha256Hex(Array.from(entries, identityOf).sort().join("\n"));
}
