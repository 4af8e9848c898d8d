// Test support only: a journal of sessions that ended, some of which something still rests on.
import type { Database } from "../database/mod.ts";
import { acquireLease, inTransaction, isHeld } from "../database/mod.ts";
import { fee, notional, quantity } from "../money/mod.ts";
import { appendInputs, endSession, PostgresJournal, startSession } from "../journal/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { fillOf, intent } from "./journal_suite.ts";

/** A session of an account, with the epoch after the last. */
export async function sessionOf({ sql }: Pick<Database, "sql">, account: string, id: string): Promise<PostgresJournal> {
  const lease = await inTransaction(sql, async (tx) => {
    const lease = await acquireLease(tx, { name: account, holder: "test", ttlMs: 0 });
    if (!isHeld(lease)) throw new Error(`${account} is led by ${lease.holder}`);
    await startSession(tx, {
      id,
      account,
      mode: "paper",
      epoch: lease.epoch,
      startedAtMs: 0,
      settings: { note: 'a,"b"\n' },
    });
    return lease;
  });
  return new PostgresJournal({ sql }, { account, sessionId: id, venue: "test", lease });
}

/**
 * `done` has bought and sold a coin; `holding` has bought one that is still held; `waiting` has an open order; `young`
 * ended at 2,000, all others at 1,000; `running` has not ended.
 */
export async function oldSessions(database: Pick<Database, "sql">): Promise<void> {
  const { sql } = database,
    end = async (journal: PostgresJournal, orders: readonly number[]) => {
      for (const n of orders) {
        const { clientOrderId } = intent(n);
        for (const to of ["sending", "filled"] as const) {
          await journal.step({ clientOrderId, to, timeMs: 900 as TimestampMs, reason: 'a "quoted", reason' });
        }
      }
    };
  const ended = (id: string, endedAtMs: number) => inTransaction(sql, (tx) => endSession(tx, id, endedAtMs, "test"));
  const sessions = [["done", 1_000], ["holding", 1_000], ["waiting", 1_000], ["young", 2_000], [
    "running",
    null,
  ]] as const;
  for (const [id, endedAtMs] of sessions) {
    const journal = await sessionOf(database, id, id);
    for (const n of [1, 2]) await journal.record(intent(n, { quantity: quantity("1"), reason: "" }));
    await journal.fill(fillOf(intent(1), "1", { fee: fee("0.000000000000000000000001") }));
    if (id !== "holding") await journal.fill(fillOf(intent(2), "2", { side: "sell" }));
    await journal.adjust({ id: "1", asset: "USDT", amount: notional("0.5"), reason: "dust", timeMs: 1 as TimestampMs });
    await end(journal, id === "waiting" ? [1] : [1, 2]);
    await inTransaction(sql, (tx) => appendInputs(tx, id, 0, ["{}", '{"reason":"a, \\"quoted\\" one"}']));
    if (endedAtMs !== null) await ended(id, endedAtMs);
  }
}
