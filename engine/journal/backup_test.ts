// G20: a backup, an empty machine, and the same state there.
import assert from "node:assert/strict";
import { type Database, inTransaction } from "../database/mod.ts";
import { isCodedError } from "../errors/mod.ts";
import { hashOfJournal } from "../orders/mod.ts";
import { fillOf, intent } from "../testing/journal_suite.ts";
import { oldSessions, sessionOf } from "../testing/old_sessions.ts";
import { inOpenFolder, testOnDatabases, withEmbedded } from "../testing/servers.ts";
import { backup, readManifest, restore } from "./backup.ts";
import { journalState } from "./read_orders.ts";
import { verifyJournal } from "./verify_journal.ts";

const coded = (code: string) => (error: unknown) => isCodedError(error) && error.code === code;

async function everything({ sql }: Pick<Database, "sql">): Promise<unknown> {
  const tables = ["sessions", "journal_events", "orders", "fills", "adjustments", "leases"] as const;
  return Object.fromEntries(
    await Promise.all(tables.map(async (table) => [table, [...await sql`select * from ${sql(table)} order by 1, 2`]])),
  );
}

testOnDatabases("a backup restored on an empty machine is the same journal", async (database, { context }) => {
  await inOpenFolder(async (folder) => {
    const path = `${folder}/backup`, { sql } = database;
    await oldSessions(database);
    const before = await everything(database);

    await context.step("it is taken whole, beside a transaction that is under way", async () => {
      const journal = await sessionOf(database, "late", "late");
      const during = await everything(database);
      await inTransaction(sql, async (tx) => {
        await tx`insert into leases values ('uncommitted', 1, 'x', now(), now())`;
        const manifest = await backup(sql, path, 5_000);
        assert.equal(manifest.tables.find(({ name }) => name === "leases")?.rows, 6);
      });
      await journal.record(intent(1)); // after it
      assert.notDeepEqual(during, before);
      await assert.rejects(backup(sql, path, 5_001), coded("backup-exists"));
    });

    await context.step("it is refused by a database that is not empty", async () => {
      await assert.rejects(restore(sql, path), coded("restore-not-empty"));
    });

    await withEmbedded(async (empty) => {
      await context.step("a file that was changed, cut or lost is found before anything is written (G13)", async () => {
        const file = `${path}/fills.copy.gz`, whole = await Deno.readFile(file);
        const flipped = whole.slice();
        flipped[flipped.length >> 1] ^= 4;
        for (const damaged of [flipped, whole.slice(0, -9), new Uint8Array()]) {
          await Deno.writeFile(file, damaged);
          await assert.rejects(restore(empty.sql, path), coded("backup-damaged"));
        }
        await Deno.remove(file);
        await assert.rejects(restore(empty.sql, path), coded("backup-damaged"));
        await Deno.writeFile(file, whole);
        const manifest = await readManifest(path);
        await Deno.writeTextFile(
          `${path}/manifest.json`,
          JSON.stringify({ ...manifest, states: { ...manifest.states, done: "0" } }),
        );
        await assert.rejects(restore(empty.sql, path), coded("backup-damaged"));
        assert.equal((await empty.sql`select 1 from journal_events`).length, 0);
        await assert.rejects(restore(empty.sql, folder), coded("backup-damaged"));
        await Deno.writeTextFile(`${path}/manifest.json`, JSON.stringify(manifest));
      });

      await context.step("restored, every row, state and number is as it was", async () => {
        const { states } = await restore(empty.sql, path);
        const tables = await everything(empty) as Record<string, unknown[]>, old = before as Record<string, unknown[]>;
        for (const name of ["journal_events", "orders", "fills", "adjustments"]) {
          assert.deepEqual(tables[name], old[name]);
        }
        for (const account of ["done", "holding", "waiting", "young", "running"]) {
          const state = await inTransaction(empty.sql, (tx) => journalState(tx, account));
          assert.equal(hashOfJournal(state), states[account]);
        }
        assert.deepEqual((await inTransaction(empty.sql, verifyJournal)).faults, []);
        const next = await sessionOf(empty, "done", "next"); // under a later epoch, with numbers that go on
        assert.equal(next.scope.lease.epoch, 2);
        await next.record(intent(9));
        assert.equal(await next.fill(fillOf(intent(9), "9")), "new");
      });
    });
  });
});
