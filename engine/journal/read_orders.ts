// The questions that trading asks of the journal all the time, each answered by an index (read_orders_test.ts).
import type { Sql, Transaction } from "../database/mod.ts";
import { applyEvent, emptyJournal, type JournalEvent, type JournalState, type OrderState } from "../orders/mod.ts";
import type { InstrumentId } from "../market/mod.ts";
import type { Notional, Quantity } from "../money/mod.ts";
import { eventOf, money, type StoredEvent, units } from "./event_form.ts";

/** An order that may still do something. */
export interface OpenOrder {
  readonly clientOrderId: string;
  readonly sessionId: string;
  readonly epoch: number;
  readonly instrument: InstrumentId;
  readonly state: OrderState;
  readonly filled: Quantity;
}

/** Orders of an account that have not ended: what a new leader has to settle before its first own. */
export async function openOrders(tx: Transaction, account: string): Promise<OpenOrder[]> {
  const rows = await tx<(Omit<OpenOrder, "filled"> & { filled: string })[]>`
    select client_order_id as "clientOrderId", session_id as "sessionId", epoch, instrument, state, filled
    from orders where account = ${account} and is_open order by decided_at_ms, client_order_id`;
  return rows.map((row) => ({ ...row, filled: units<Quantity>(row.filled) }));
}

/** Which of these names an account has orders of. */
export async function knownOrders(tx: Transaction, account: string, names: readonly string[]): Promise<Set<string>> {
  const rows = await tx<{ name: string }[]>`
    select client_order_id as name from orders
    where account = ${account} and client_order_id = any(${names as string[]}::text[])`;
  return new Set(rows.map(({ name }) => name));
}

/** Names of the entries that an account has decided since a moment, over all of its sessions, whatever became of them. */
export async function entriesSince(sql: Sql | Transaction, account: string, sinceMs: number): Promise<string[]> {
  const rows = await (sql as Sql)<{ name: string }[]>`
    select client_order_id as name from orders
    where account = ${account} and decided_at_ms >= ${sinceMs} and slot = 'entry'`;
  return rows.map(({ name }) => name);
}

/** The venue's numbers of the fills since a moment: where the paging of its trades has to reach back to. */
export async function tradeIdsSince(tx: Transaction, account: string, sinceMs: number): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select trade_id as id from fills where account = ${account} and time_ms >= ${sinceMs} order by time_ms, trade_id`;
  return rows.map(({ id }) => id);
}

const PAGE_ROWS = 2_000;

/** The events of an account in the order in which they were written. */
export async function* readEvents(tx: Transaction, account: string): AsyncGenerator<JournalEvent> {
  for (let after = 0;;) {
    const rows = await tx<(StoredEvent & { sequence: number })[]>`
      select sequence, kind, version, epoch, time_ms as "timeMs", body from journal_events
      where account = ${account} and sequence > ${after} order by sequence limit ${PAGE_ROWS}`;
    for (const row of rows) yield eventOf(row);
    if (rows.length < PAGE_ROWS) return;
    after = rows[rows.length - 1].sequence;
  }
}

/** The state that the events of an account come to, on top of what was archived. */
export async function journalState(tx: Transaction, account: string): Promise<JournalState> {
  const state = await archivedState(tx, account);
  for await (const event of readEvents(tx, account)) applyEvent(state, event);
  return state;
}

async function archivedState(tx: Transaction, account: string): Promise<JournalState> {
  const state = emptyJournal();
  const sums = await tx<{ kind: "position" | "fee" | "adjusted"; key: string; amount: string }[]>`
    select kind, key, amount from archived_sums where account = ${account} order by kind, key`;
  for (const { kind, key, amount } of sums) {
    if (kind === "position") state.positions.set(key as InstrumentId, units<Quantity>(amount));
    else (kind === "fee" ? state.fees : state.adjusted).set(key, money<Notional>(amount));
  }
  return state;
}

/** Accounts that have events. */
export async function journalAccounts(tx: Transaction): Promise<string[]> {
  return (await tx<{ account: string }[]>`select distinct account from sessions order by 1`).map(({ account }) =>
    account
  );
}
