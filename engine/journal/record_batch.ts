// What one turn of a session comes to, in a few statements however much it is: under load a turn has orders by the dozen.
import { canonicalJson } from "../identity/mod.ts";
import type { Transaction } from "../database/mod.ts";
import { addQuantity, type Quantity, ZERO_QUANTITY } from "../money/mod.ts";
import {
  type Fill,
  type FillVerdict,
  intentDiffers,
  isTerminal,
  type JournalEvent,
  type OrderIntent,
  type OrderState,
  type OrderStep,
  orderUnknown,
  quantityToFill,
  takesStep,
  verdictOn,
} from "../orders/mod.ts";
import { appendEvents } from "./append_events.ts";
import { amountText, intentBody, units, unitsText } from "./event_form.ts";
import type { Scope } from "./scope.ts";

/** What is written together. */
export interface OrderBatch {
  readonly intents: readonly OrderIntent[];
  readonly fills: readonly Fill[];
  readonly steps: readonly OrderStep[];
}

/** An order as its row has it, or will have it. */
interface Row {
  readonly quantity: Quantity | null;
  readonly before: { readonly state: OrderState; readonly filled: Quantity } | null;
  /** Null of one that is there already. */
  readonly intent: OrderIntent | null;
  /** The intent as a row that is there keeps it. */
  readonly stored: unknown;
  state: OrderState;
  filled: Quantity;
}

/** What is there of a batch already. */
export interface BatchRows {
  readonly orders: Map<string, Row>;
  readonly fills: Set<string>;
}

/** Reads what is there of a batch, under the lease's row: nobody else writes orders of the account then. */
export async function readBatchRows(tx: Transaction, scope: Scope, batch: OrderBatch): Promise<BatchRows> {
  const [orders, fills] = await Promise.all([rowsOf(tx, scope, batch), knownFills(tx, scope, batch.fills)]);
  return { orders, fills };
}

/**
 * Writes intents, then fills, then steps down, each as `recordIntent`, `recordFill` and `recordStep` do; what is there
 * already stays as it is.
 *
 * @throws {CodedError} where an intent is there otherwise, or a step is of no order or of none that takes it.
 */
export async function recordBatch(tx: Transaction, scope: Scope, batch: OrderBatch, there: BatchRows): Promise<void> {
  const { intents, fills, steps } = batch, { lease: { epoch } } = scope, { orders: rows, fills: known } = there;
  const events: JournalEvent[] = [], newFills: (readonly [Fill, FillVerdict])[] = [];
  for (const order of intents) {
    const { clientOrderId, decidedAtMs } = order, row = rows.get(clientOrderId);
    if (row !== undefined) {
      if (row.intent !== order && canonicalJson(row.stored) !== canonicalJson(intentBody(order))) {
        throw intentDiffers(order);
      }
      continue;
    }
    const quantity = quantityToFill(order);
    rows.set(clientOrderId, {
      quantity,
      before: null,
      intent: order,
      stored: null,
      state: "recorded",
      filled: ZERO_QUANTITY,
    });
    events.push({ kind: "intent", order, epoch, timeMs: decidedAtMs });
  }
  for (const fill of fills) {
    if (known.has(fill.tradeId)) continue;
    known.add(fill.tradeId);
    const row = rows.get(fill.clientOrderId);
    newFills.push([fill, verdictOn(fill, row ?? null)]);
    if (row !== undefined) row.filled = addQuantity(row.filled, fill.quantity);
    events.push({ kind: "fill", fill, timeMs: fill.timeMs });
  }
  for (const step of steps) {
    const row = rows.get(step.clientOrderId);
    if (row === undefined) throw orderUnknown(step);
    if (!takesStep(row.state, step)) continue;
    row.state = step.to;
    events.push({ kind: "step", ...step });
  }
  await Promise.all([
    insertOrders(tx, scope, rows),
    updateOrders(tx, scope, rows),
    insertFills(tx, scope, newFills),
    appendEvents(tx, scope, events),
  ]);
}

async function rowsOf(
  tx: Transaction,
  { account }: Scope,
  { intents, fills, steps }: OrderBatch,
): Promise<Map<string, Row>> {
  if (intents.length + fills.length + steps.length === 0) return new Map();
  const names = [...new Set([...intents, ...fills, ...steps].map(({ clientOrderId }) => clientOrderId as string))];
  const rows = await tx<
    { id: string; state: OrderState; filled: string; quantity: string; sized: boolean; intent: unknown }[]
  >`
    select client_order_id as id, state, filled, quantity, sized_at_fill as sized, intent from orders
    where account = ${account} and client_order_id = any(${names}::text[]) for update`;
  return new Map<string, Row>(rows.map((own) => {
    const { id, state, sized, intent: stored } = own, filled = units<Quantity>(own.filled);
    const quantity = sized ? null : units<Quantity>(own.quantity);
    return [id, { quantity, before: { state, filled }, intent: null, stored, state, filled }];
  }));
}

async function knownFills(tx: Transaction, { venue, account }: Scope, fills: readonly Fill[]): Promise<Set<string>> {
  if (fills.length === 0) return new Set();
  const rows = await tx<{ id: string }[]>`
    select trade_id as id from fills where venue = ${venue} and account = ${account}
      and trade_id = any(${fills.map(({ tradeId }) => tradeId)}::text[])`;
  return new Set(rows.map(({ id }) => id));
}

async function insertOrders(tx: Transaction, { account, sessionId, lease }: Scope, rows: ReadonlyMap<string, Row>) {
  const fresh = [...rows.values()].filter(({ before }) => before === null);
  if (fresh.length === 0) return;
  const column = (of: (row: Row, intent: OrderIntent) => string) => fresh.map((row) => of(row, row.intent!));
  await tx`
    insert into orders (account, client_order_id, session_id, epoch, instrument, slot, decided_at_ms, quantity,
      sized_at_fill, filled, state, is_open, intent)
    select ${account}, id, ${sessionId}, ${lease.epoch}, instrument, slot, decided::bigint, quantity::numeric,
      sized::boolean, filled::numeric, state, is_open::boolean, intent::jsonb
    from unnest(${column((_, own) => own.clientOrderId)}::text[], ${column((_, own) => own.instrument)}::text[],
      ${column((_, own) => own.slot)}::text[], ${column((_, own) => `${own.decidedAtMs}`)}::text[],
      ${column((_, own) => unitsText(own.quantity))}::text[], ${
    column(({ quantity }) => `${quantity === null}`)
  }::text[],
      ${column(({ filled }) => unitsText(filled))}::text[], ${column(({ state }) => state)}::text[],
      ${column(({ state }) => `${!isTerminal(state)}`)}::text[],
      ${column((_, own) => JSON.stringify(intentBody(own)))}::text[]
    ) as o (id, instrument, slot, decided, quantity, sized, filled, state, is_open, intent)`;
}

async function updateOrders(tx: Transaction, { account }: Scope, rows: ReadonlyMap<string, Row>): Promise<void> {
  const changed = [...rows].filter(([, { before, state, filled }]) =>
    before !== null && (before.state !== state || before.filled !== filled)
  );
  if (changed.length === 0) return;
  await tx`
    update orders set state = n.state, is_open = n.is_open::boolean, filled = n.filled::numeric
    from unnest(${changed.map(([id]) => id)}::text[], ${changed.map(([, { state }]) => state)}::text[],
      ${changed.map(([, { state }]) => `${!isTerminal(state)}`)}::text[],
      ${changed.map(([, { filled }]) => unitsText(filled))}::text[]
    ) as n (id, state, is_open, filled)
    where account = ${account} and client_order_id = n.id`;
}

async function insertFills(
  tx: Transaction,
  { account, venue, sessionId }: Scope,
  fills: readonly (readonly [Fill, FillVerdict])[],
): Promise<void> {
  if (fills.length === 0) return;
  const column = (of: (fill: Fill, verdict: FillVerdict) => string) =>
    fills.map(([fill, verdict]) => of(fill, verdict));
  const worths = fills.map(([{ feeWorthQuote }]) => feeWorthQuote === undefined ? null : amountText(feeWorthQuote));
  await tx`
    insert into fills (account, trade_id, venue, client_order_id, session_id, instrument, side, price, quantity, fee,
      fee_asset, fee_from, fee_worth_quote, liquidity, time_ms, verdict)
    select ${account}, trade, ${venue}, id, ${sessionId}, instrument, side, price::numeric, quantity::numeric,
      fee::numeric, asset, source, worth::numeric, liquidity, time::bigint, verdict
    from unnest(${column((own) => own.tradeId)}::text[], ${column((own) => own.clientOrderId)}::text[],
      ${column((own) => own.instrument)}::text[], ${column((own) => own.side)}::text[],
      ${column((own) => unitsText(own.price))}::text[], ${column((own) => unitsText(own.quantity))}::text[],
      ${column((own) => amountText(own.fee))}::text[], ${column((own) => own.feeAsset)}::text[],
      ${column((own) => own.feeFrom)}::text[], ${worths}::text[], ${column((own) => own.liquidity)}::text[],
      ${column((own) => `${own.timeMs}`)}::text[], ${column((_, verdict) => verdict)}::text[]
    ) as f (trade, id, instrument, side, price, quantity, fee, asset, source, worth, liquidity, time, verdict)`;
}
