import assert from "node:assert/strict";
import { inTransaction } from "../database/mod.ts";
import { poolTo } from "../database/pool.ts";
import { journalState, startSession } from "../journal/mod.ts";
import { fillOf, intent } from "../testing/journal_suite.ts";
import { lossyConnection } from "../testing/lossy_connection.ts";
import { testOnDatabases } from "../testing/servers.ts";
import { PausableProxy } from "../testing/pausable_proxy.ts";
import { SESSION_STORE_CASES, type SessionHome, value } from "../testing/session_store_cases.ts";
import type { HeldLease } from "./session_lease.ts";
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

  await context.step(
    "who stands still in the middle of a statement of a commit does not keep its successor waiting",
    async () => {
      const proxy = new PausableProxy(Number(new URL(url.reveal()).port)), standing = new URL(url.reveal());
      standing.port = `${proxy.port}`;
      const pool = poolTo(standing.href, { connections: 1, statementTimeoutMs: 500, idleInTransactionMs: 500 });
      const there = await home("stands still", pool), lease = value(await there.keeper("a").acquire(0)) as HeldLease;
      const stands = Promise.withResolvers<void>();
      const stood = inTransaction(pool, async (tx) => {
        await tx`select epoch from leases where name = 'stands still' for share`;
        // The server has the question, and never gets what belongs to it.
        proxy.pauseAnswers();
        stands.resolve();
        await tx`insert into session_inputs (session_id, number, input) values (${"stands still"}, ${0}, ${"x"})`;
      }, { patienceMs: 0, isRepeated: true }).then(() => "committed", () => "broken");
      await stands.promise;
      const successor = new PostgresLease(sql, "stands still", "b"), untilMs = performance.now() + 20_000;
      let taken = await successor.acquire(60_000);
      while (taken.kind !== "done" && performance.now() < untilMs) taken = await successor.acquire(60_000);
      proxy.close();
      assert.equal(await stood, "broken");
      assert.equal((value(taken) as HeldLease).epoch, lease.epoch + 1);
      await pool.end({ timeout: 1 });
    },
  );

  await context.step("inputs can neither be edited nor deleted", async () => {
    await assert.rejects(sql`update session_inputs set input = 'x'`, /never changed/);
    await assert.rejects(sql`delete from session_inputs`, /never changed/);
  });
});
