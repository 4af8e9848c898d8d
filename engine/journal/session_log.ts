// The inputs of a session, and its state from time to time: what a successor reads.
import type { Transaction } from "../database/mod.ts";

/** What a session left behind. */
export interface SessionLog {
  /** The state after so many inputs; null where none was written yet. */
  readonly snapshot: { readonly after: number; readonly state: string } | null;
  /** All inputs since. */
  readonly inputs: readonly string[];
}

/** How many inputs of a session there are. */
export async function countInputs(tx: Transaction, sessionId: string): Promise<number> {
  const [{ count }] = await tx<{ count: number }[]>`
    select coalesce(max(number) + 1, 0)::int as count from session_inputs where session_id = ${sessionId}`;
  return count;
}

/** Appends inputs, the first of which has this number. */
export async function appendInputs(
  tx: Transaction,
  sessionId: string,
  first: number,
  inputs: readonly string[],
): Promise<void> {
  await tx`
    insert into session_inputs (session_id, number, input)
    select ${sessionId}, ${first} + n - 1, input from unnest(${inputs as string[]}::text[]) with ordinality as i (input, n)`;
}

/** Keeps the state after so many inputs in place of the one before. */
export async function keepSnapshot(tx: Transaction, sessionId: string, after: number, state: string): Promise<void> {
  await tx`
    insert into session_snapshots (session_id, after_inputs, state) values (${sessionId}, ${after}, ${state})
    on conflict (session_id) do update set after_inputs = excluded.after_inputs, state = excluded.state`;
}

/** Reads what a session left behind; all of its inputs, from the first one on, where `fromStart` asks for them. */
export async function readSessionLog(tx: Transaction, sessionId: string, fromStart = false): Promise<SessionLog> {
  const [kept] = fromStart ? [] : await tx<{ after: number; state: string }[]>`
    select after_inputs as after, state from session_snapshots where session_id = ${sessionId}`;
  return { snapshot: kept ?? null, inputs: await readInputs(tx, sessionId, kept?.after ?? 0) };
}

/** Reads a session's inputs from a number on, or those of them before another number. */
export async function readInputs(
  tx: Transaction,
  sessionId: string,
  from: number,
  before: number | null = null,
): Promise<string[]> {
  const rows = await tx<{ input: string }[]>`
    select input from session_inputs
    where session_id = ${sessionId} and number >= ${from} ${before === null ? tx`` : tx`and number < ${before}`}
    order by number`;
  return rows.map(({ input }) => input);
}
