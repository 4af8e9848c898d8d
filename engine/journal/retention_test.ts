import assert from "node:assert/strict";
import { inTransaction, type Sql } from "../database/mod.ts";
import { isCodedError } from "../errors/mod.ts";
import { notional } from "../money/mod.ts";
import { fillOf, intent } from "../testing/journal_suite.ts";
import { oldSessions, sessionOf } from "../testing/old_sessions.ts";
import { testOnDatabases } from "../testing/servers.ts";
import type { Archive } from "./archive.ts";
import { journalState } from "./read_orders.ts";
import { applyRetention } from "./retention.ts";
import { verifyJournal } from "./verify_journal.ts";

/** Keeps what it is given as text, and counts its rows. */
function memoryArchive(lost = 0): Archive & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    async keep(name, { csv }) {
      let text = "";
      for await (const bytes of csv) text += new TextDecoder().decode(bytes);
      kept.set(name, text);
      return { path: name, rows: text.trim().split("\n").length - 1 - lost };
    },
  };
}

const counts = async (sql: Sql) => {
  const [row] = await sql<Record<string, number>[]>`select (select count(*) from journal_events) as events,
    (select count(*) from fills) as fills, (select count(*) from orders) as orders,
    (select count(*) from adjustments) as adjustments, (select count(*) from sessions) as sessions`;
  return { ...row };
};

testOnDatabases(
  "rows leave once nothing rests on them, and never before they are archived",
  async ({ sql }, { context }) => {
    await oldSessions({ sql });
    const all = await counts(sql);
    const options = { endedBeforeMs: 1_500, dryRun: false };
    const expected = { session_inputs: 2, journal_events: 9, fills: 2, adjustments: 1, orders: 2 };

    await context.step("a dry run says what would leave and why the rest stays, and changes nothing", async () => {
      const archive = memoryArchive(),
        { sessions, rows } = await applyRetention(sql, { ...options, dryRun: true }, archive);
      assert.deepEqual(sessions.map(({ id, keptFor }) => [id, keptFor]), [
        ["done", null],
        ["holding", "a position in test:BTC/USDT is open"],
        ["waiting", `order ${intent(2).clientOrderId} is recorded`],
      ]);
      assert.deepEqual(rows, expected);
      assert.deepEqual([archive.kept.size, await counts(sql)], [0, all]);
    });

    await context.step(
      "an archive that does not hold every row stops it before anything is deleted (fault 71)",
      async () => {
        await assert.rejects(
          applyRetention(sql, options, memoryArchive(1)),
          (error) => isCodedError(error) && error.code === "archive-incomplete",
        );
        assert.deepEqual(await counts(sql), all);
      },
    );

    await context.step("what leaves is in the archive, and its sums stay", async () => {
      const before = await inTransaction(sql, (tx) => journalState(tx, "done")), archive = memoryArchive();
      await applyRetention(sql, options, archive);
      assert.deepEqual([...archive.kept.keys()].map((name) => name.split("/")[0]).sort(), Object.keys(expected).sort());
      const left = await counts(sql);
      assert.deepEqual(left, {
        ...all,
        events: all.events - 9,
        fills: all.fills - 2,
        orders: all.orders - 2,
        adjustments: all.adjustments - 1,
      });
      const after = await inTransaction(sql, (tx) => journalState(tx, "done"));
      assert.deepEqual([after.positions, after.fees, after.adjusted], [before.positions, before.fees, before.adjusted]);
      assert.equal(after.adjusted.get("USDT"), notional("0.5"));
      assert.deepEqual((await inTransaction(sql, verifyJournal)).faults, []);
    });

    await context.step("a second run finds nothing to do, and rows stay undeletable by others", async () => {
      const { rows, files } = await applyRetention(sql, options, memoryArchive());
      assert.deepEqual([Object.values(rows), files], [[0, 0, 0, 0, 0], []]);
      await assert.rejects(sql`delete from fills`, /never changed/);
    });

    await context.step("verification names each row that differs from its events", async () => {
      const verify = () => inTransaction(sql, verifyJournal);
      assert.deepEqual((await verify()).faults, []);
      await sql`update orders set state = 'cancelled' where account = 'young' and client_order_id = ${
        intent(1).clientOrderId
      }`;
      await sql`alter table fills disable trigger append_only`;
      await sql`update fills set price = price + 0.01 where account = 'young' and trade_id = '2'`;
      await sql`delete from fills where account = 'waiting' and trade_id = '1'`;
      const { faults } = await verify();
      assert.deepEqual(faults.map(({ account, message }) => `${account}: ${message.split(" fee ")[0]}`), [
        "waiting: fill 1: the table says missing, the events say buy 1 at 65000",
        `young: order ${intent(1).clientOrderId}: the table says cancelled 1 of 1, the events say filled 1 of 1`,
        "young: fill 2: the table says sell 1 at 65000.01",
      ]);
    });

    await context.step(
      "a position that a later session closed frees the earlier one, and the sum is still right",
      async () => {
        const later = await sessionOf({ sql }, "holding", "closing");
        await later.record(intent(3));
        await later.fill(fillOf(intent(3), "3", { side: "sell" }));
        await applyRetention(sql, options, memoryArchive());
        assert.equal((await sql`select 1 from fills where session_id = 'holding'`).length, 0);
        const { positions, fills } = await later.state();
        assert.deepEqual([[...positions.values()], fills.size], [[0n], 1]);
      },
    );
  },
);
