// Whether the tables say what the events come to: run after a crash, a restore, and before going live.
import type { Transaction } from "../database/mod.ts";
import type { JournalOrder, JournalState } from "../orders/mod.ts";
import { amountText, unitsText } from "./event_form.ts";
import { journalAccounts, journalState } from "./read_orders.ts";

/** Something that does not agree. */
export interface JournalFault {
  readonly account: string;
  readonly message: string;
}

/** What was found. */
export interface JournalCheck {
  readonly accounts: number;
  readonly orders: number;
  readonly fills: number;
  readonly faults: readonly JournalFault[];
}

/** Replays the events of every account and compares what they come to with the rows of orders and fills. */
export async function verifyJournal(tx: Transaction): Promise<JournalCheck> {
  const accounts = await journalAccounts(tx), faults: JournalFault[] = [];
  let orders = 0, fills = 0;
  for (const account of accounts) {
    let state: JournalState;
    try {
      state = await journalState(tx, account);
    } catch (error) {
      faults.push({ account, message: `its events cannot be replayed: ${(error as Error).message}` });
      continue;
    }
    orders += state.orders.size;
    fills += state.fills.size;
    const differing = [
      ...differences(
        "order",
        await orderRows(tx, account),
        [...state.orders].map(([id, order]) => [id, orderText(order)]),
      ),
      ...differences("fill", await fillRows(tx, account), fillTexts(state)),
    ];
    faults.push(...differing.map((message) => ({ account, message })));
  }
  return { accounts: accounts.length, orders, fills, faults };
}

type Texts = Iterable<readonly [id: string, text: string]>;

function differences(what: string, rows: Texts, events: Texts): string[] {
  const kept = new Map(rows), replayed = new Map(events);
  return [...new Set([...kept.keys(), ...replayed.keys()])].flatMap((id) => {
    const row = kept.get(id) ?? "missing", event = replayed.get(id) ?? "missing";
    return row === event ? [] : [`${what} ${id}: the table says ${row}, the events say ${event}`];
  });
}

async function orderRows(tx: Transaction, account: string): Promise<[string, string][]> {
  const rows = await tx<{ id: string; text: string }[]>`
    select client_order_id as id, concat_ws(' ', state, trim_scale(filled), 'of', trim_scale(quantity)) as text
    from orders where account = ${account}`;
  return rows.map(({ id, text }) => [id, text]);
}

function orderText({ state, filled, intent }: JournalOrder): string {
  return `${state} ${unitsText(filled)} of ${unitsText(intent.quantity)}`;
}

async function fillRows(tx: Transaction, account: string): Promise<[string, string][]> {
  const rows = await tx<{ id: string; text: string }[]>`
    select trade_id as id, concat_ws(' ', side, trim_scale(quantity), 'at', trim_scale(price), 'fee', trim_scale(fee),
      fee_asset, 'of', client_order_id) as text
    from fills where account = ${account}`;
  return rows.map(({ id, text }) => [id, text]);
}

function fillTexts({ fills }: JournalState): [string, string][] {
  return [...fills].map(([id, { fill }]) => [
    id,
    `${fill.side} ${unitsText(fill.quantity)} at ${unitsText(fill.price)} fee ${
      amountText(fill.fee)
    } ${fill.feeAsset} ` +
    `of ${fill.clientOrderId}`,
  ]);
}
