import assert from "node:assert/strict";
import { inTransaction } from "../database/mod.ts";
import { poolTo } from "../database/pool.ts";
import { journalState, startSession } from "../journal/mod.ts";
import { fillOf, intent } from "../testing/journal_suite.ts";
import { lossyConnection } from "../testing/lossy_connection.ts";
import { testOnDatabases } from "../testing/servers.ts";
import { SESSION_STORE_CASES, type SessionHome, value } from "../testing/session_store_cases.ts";
import { PostgresLease, PostgresSession } from "./postgres_session.ts";

testOnDatabases("sessions in PostgreSQL", async ({ sql }, { context, url }) => {
  const home = async (account: string, pool = sql): Promise<SessionHome> => {
    await inTransaction(
      sql,
      (tx) => startSession(tx, { id: account, account, mode: "paper", epoch: 0, startedAtMs: 0, settings: {} }),
    );
    const keeper = (holder: string) => new PostgresLease(pool, account, holder);
    return {
      keeper,
      storeOf: (holder, epoch) =>
        new PostgresSession(pool, { account, sessionId: account, venue: "test" }, keeper(holder), epoch),
      expire: async () => {
        await sql`update leases set expires_at = clock_timestamp() where name = ${account}`;
      },
    };
  };
  let cases = 0;
  for (const [name, holds] of Object.entries(SESSION_STORE_CASES)) {
    await context.step(name, async () => await holds(await home(`case ${++cases}`)));
  }

  await context.step(
    "a commit whose answer is lost, or that is lost itself, is there once when it is repeated",
    async () => {
      const way = lossyConnection(url.reveal());
      for (const loss of ["answer", "commit"] as const) {
        const pool = poolTo(way.url, { connections: 1 }), account = `lossy ${loss}`, there = await home(account, pool);
        const lease = value(await there.keeper("a").acquire(60_000)) as { epoch: number };
        const store = there.storeOf("a", lease.epoch), order = intent(1);
        const batch = {
          ...{ first: 0, inputs: ["one"], intents: [order], steps: [], adjustments: [], snapshot: null },
          fills: [fillOf(order, "1")],
        };
        way.next = loss;
        for (let attempt = 0; (await store.commit(batch)).kind !== "done"; attempt++) assert.ok(attempt < 5);
        const { orders, fills } = await inTransaction(sql, (tx) => journalState(tx, account));
        assert.deepEqual([orders.size, fills.size], [1, 1]);
        assert.deepEqual(value(await store.load()).inputs, ["one"]);
        await pool.end({ timeout: 1 });
      }
      await way.close();
    },
  );

  await context.step("inputs can neither be edited nor deleted", async () => {
    await assert.rejects(sql`update session_inputs set input = 'x'`, /never changed/);
    await assert.rejects(sql`delete from session_inputs`, /never changed/);
  });
});
