// The journal in PostgreSQL: the suite of every journal, and what only a real one can show.
import assert from "node:assert/strict";
import { acquireLease, type Database, inTransaction, isHeld, type Lease } from "../database/mod.ts";
import { poolTo } from "../database/pool.ts";
import { isCodedError } from "../errors/mod.ts";
import { type ClientOrderId, hashOfJournal } from "../orders/mod.ts";
import { fillOf, intent, journalCases } from "../testing/journal_suite.ts";
import { lossyConnection } from "../testing/lossy_connection.ts";
import { killServer } from "../testing/server_process.ts";
import { testOnDatabases, withEmbedded } from "../testing/servers.ts";
import { PostgresJournal } from "./postgres_journal.ts";
import { entriesSince, journalState, openOrders, tradeIdsSince } from "./read_orders.ts";
import { keepCertificate, startSession } from "./sessions.ts";

/** A new leader of an account, whose lease is over at once for the next one. */
export async function lead({ sql }: Pick<Database, "sql">, account: string): Promise<PostgresJournal> {
  const lease = await inTransaction(sql, async (tx): Promise<Lease> => {
    const lease = await acquireLease(tx, { name: account, holder: "test", ttlMs: 0 });
    assert(isHeld(lease));
    await startSession(tx, {
      ...{ id: `${account}-${lease.epoch}`, account, mode: "paper", epoch: lease.epoch, startedAtMs: 0, settings: {} },
    });
    return lease;
  });
  return new PostgresJournal({ sql }, { account, sessionId: `${account}-${lease.epoch}`, venue: "test", lease });
}

testOnDatabases("the journal in PostgreSQL keeps what every journal must", async (database, { context, url }) => {
  for (const [i, [title, prove]] of journalCases.entries()) {
    await context.step(title, () => prove({ lead: () => lead(database, `account ${i}`) }));
  }

  const { sql } = database;
  await context.step("rows of what happened can neither be edited nor deleted", async () => {
    const journal = await lead(database, "edited");
    await journal.record(intent(1));
    await journal.fill(fillOf(intent(1), "1"));
    for (const table of ["journal_events", "fills"]) {
      await assert.rejects(sql`update ${sql(table)} set account = 'x' where account = 'edited'`, /never changed/);
      await assert.rejects(sql`delete from ${sql(table)} where account = 'edited'`, /never changed/);
    }
  });

  await context.step(
    "a certificate is kept under its hash; the same again changes nothing, one of later stays",
    async () => {
      const { scope: { sessionId } } = await lead(database, "certified");
      const keep = (madeAtMs: number, body: unknown) =>
        inTransaction(sql, (tx) => keepCertificate(tx, { sessionId, madeAtMs, body }));
      const kept = async () => {
        const [row] = await sql`select hash, made_at_ms as at, body from certificates where session_id = ${sessionId}`;
        return row;
      };
      const first = await keep(1_000, { inputs: 1 });
      assert.equal(await keep(2_000, { inputs: 1 }), first);
      assert.deepEqual(await kept(), { hash: first, at: 1_000, body: { inputs: 1 } });
      const later = await keep(3_000, { inputs: 2 });
      await keep(2_500, { inputs: 3 });
      assert.deepEqual(await kept(), { hash: later, at: 3_000, body: { inputs: 2 } });
    },
  );

  await context.step("an intent whose commit is not answered is recorded once and found (fault 65)", async () => {
    const { scope } = await lead(database, "lossy"), way = lossyConnection(url.reveal());
    for (const loss of ["answer", "commit"] as const) {
      const through = poolTo(way.url, { connections: 1 }), order = intent(loss === "answer" ? 1 : 2);
      way.next = loss;
      await new PostgresJournal({ sql: through }, scope).record(order);
      await through.end();
    }
    await way.close();
    const kinds = await sql`select kind from journal_events where account = 'lossy'`;
    assert.deepEqual(kinds.map(({ kind }) => kind), ["intent", "intent"]);
  });

  await context.step(
    "of leaders that take over from each other all the time, none writes after a later one (I7)",
    async () => {
      const isLost = (error: unknown) => isCodedError(error) && error.code === "lease-lost";
      let written = 0, lost = 0;
      const contender = async (name: number) => {
        for (let n = 0; n < 25;) {
          const journal = await lead(database, "contended").catch(() => null); // taken by another at this very moment
          try {
            while (journal !== null && n < 25) {
              const clientOrderId = `c${name}-${n}` as ClientOrderId;
              await journal.record(intent(n, { clientOrderId }));
              n++;
              written++;
            }
          } catch (error) {
            if (!isLost(error)) throw error;
            lost++;
          }
        }
      };
      await Promise.all([contender(1), contender(2), contender(3)]);
      const rows = await sql<{ epoch: number }[]>`
      select epoch from journal_events where account = 'contended' order by sequence`;
      const epochs = rows.map(({ epoch }) => epoch);
      assert.deepEqual(epochs, epochs.toSorted((a, b) => a - b));
      assert.equal(epochs.length, written);
      assert(lost > 0 && new Set(epochs).size > 3, `${lost} lost, ${new Set(epochs).size} epochs`);
    },
  );

  await context.step("many sessions' worth at once: fills from poll and socket count once", async () => {
    const journal = await lead(database, "busy"), orders = Array.from({ length: 20 }, (_, n) => intent(n));
    await Promise.all(orders.map((order) => journal.record(order)));
    const fills = orders.map((order, n) => fillOf(order, `${n}`));
    const verdicts = await Promise.all([...fills, ...fills.toReversed()].map((fill) => journal.fill(fill)));
    assert.deepEqual(
      Object.entries(Object.groupBy(verdicts, (verdict) => verdict)).map(([name, all]) => [name, all.length]).sort(),
      [
        ["known", 20],
        ["new", 20],
      ],
    );
    await inTransaction(sql, async (tx) => {
      assert.equal((await openOrders(tx, "busy")).length, 20);
      assert.equal((await entriesSince(tx, "busy", intent(10).decidedAtMs)).length, 10);
      assert.equal((await tradeIdsSince(tx, "busy", 0)).length, 20);
      const summed = await tx`select filled from orders where account = 'busy' and filled <> 1`;
      assert.equal(summed.length, 0);
    });
  });
});

Deno.test("a server that is killed while orders are recorded loses none that was acknowledged, and doubles none (fault 53)", async () => {
  await withEmbedded(async (database, dataDir) => {
    const journal = await lead(database, "killed"), recorded: string[] = [];
    for (let n = 0; n < 30; n++) {
      const order = await journal.record(intent(n));
      recorded.push(order.clientOrderId);
      if (n === 10) await killServer(dataDir);
      await journal.fill(fillOf(order, `${n}`));
    }
    const state = await inTransaction(database.sql, (tx) => journalState(tx, "killed"));
    assert.deepEqual([...state.orders.keys()], recorded);
    assert.equal(state.fills.size, 30);
    assert.equal(hashOfJournal(state), hashOfJournal(await journal.state()));
  });
});
