// TAMPERINGS=10000 deno task test engine/security/audit_test.ts tampers as often as the release asks for (G14); CI less.
import assert from "node:assert/strict";
import { type Database, inTransaction } from "../database/mod.ts";
import { sha256Hex } from "../identity/mod.ts";
import { inOpenFolder, testOnDatabases, withEmbedded } from "../testing/servers.ts";
import { disarmAudit, TAMPERINGS } from "../testing/tampered_audit.ts";
import { SeededRandom, SimulatedClock, type TimestampMs } from "../time/mod.ts";
import { readAnchors } from "./audit_anchors.ts";
import { checkOf } from "./audit_log.ts";
import { hashOfRow } from "./audit_row.ts";
import { type AuditAct, AuditLog } from "./mod.ts";

const COUNT = Number(Deno.env.get("TAMPERINGS") ?? 500), ROWS = 40, START_MS = Date.UTC(2026, 10, 27) as TimestampMs;

function act(i: number): AuditAct {
  return {
    actor: "uid 1000 at here",
    mode: i % 3 === 0 ? "research" : "live",
    action: i % 2 === 0 ? "keys.rotate" : "tasks.cancel",
    subject: `subject ${i}`,
    beforeHash: i % 4 === 0 ? null : sha256Hex(`before ${i}`),
    afterHash: i % 5 === 0 ? null : sha256Hex(`after ${i}`),
  };
}

async function inLog(database: Database, work: (log: AuditLog, clock: SimulatedClock) => Promise<void>): Promise<void> {
  await inOpenFolder(async (folder) => {
    const clock = new SimulatedClock(START_MS);
    await work(new AuditLog(database.sql, `${folder}/audit/anchors.jsonl`, clock), clock);
  });
}

testOnDatabases(
  "rows follow each other, many writers at once, and nobody may change or remove one",
  (database) =>
    inLog(database, async (log) => {
      await Promise.all(Array.from({ length: ROWS }, (_, i) => log.append(act(i))));
      const { faults, rows, head, anchoredTo } = await log.verify();
      assert.deepEqual([faults, rows, head.seq, anchoredTo], [[], ROWS, ROWS, ROWS]);
      const { sql } = database;
      for (
        const change of [
          "update audit_log set subject = 'x' where seq = 1",
          "delete from audit_log",
          "truncate audit_log",
        ]
      ) {
        await assert.rejects(async () => await sql.unsafe(change), { code: "55000" });
        // Without the trigger, the role that writes has no such right.
        const asWriter = sql.begin(async (tx) => {
          await tx`alter table audit_log disable trigger all`;
          await tx`set local role crypto_trader_audit`;
          await tx.unsafe(change);
        });
        await assert.rejects(asWriter, { code: "42501" });
      }
      assert.equal((await log.verify()).rows, ROWS);
    }),
);

testOnDatabases(
  `of ${COUNT} edits, deletions, exchanges and cuts of the chain each is found`,
  (database) =>
    inLog(database, async (log, clock) => {
      for (let i = 0; i < ROWS; i++) {
        clock.advanceTo((START_MS + i * 60_000) as TimestampMs);
        await log.append(act(i));
      }
      const all = await readAnchors(log.anchors), random = new SeededRandom(20_261_127);
      const rows = (await log.list({ limit: ROWS })).toReversed();
      const draw = (limit: number) => Math.floor(random.next() * limit), undo = new Error("undo");
      const kinds = Object.entries(TAMPERINGS), found = new Map<string, number>();
      await assert.rejects(
        inTransaction(database.sql, async (tx) => {
          await disarmAudit(tx);
          for (let i = 0; i < COUNT; i++) {
            const [name, tamper] = kinds[i % kinds.length]!;
            // Most acts are not anchored one by one; the last one is.
            const anchors = all.filter((_, at) => at === all.length - 1 || draw(3) === 0);
            await tx.savepoint(async (inner) => {
              await tamper(inner as typeof tx, rows, draw);
              const { faults } = await checkOf(inner as typeof tx, anchors);
              assert.ok(faults.length > 0, `unseen: ${name}, case ${i}`);
              found.set(name, (found.get(name) ?? 0) + 1);
              throw undo;
            }).catch((error) => {
              if (error !== undo) throw error;
            });
            if (i % 100 === 0) assert.deepEqual((await checkOf(tx, anchors)).faults, []);
          }
          throw undo;
        }),
        undo,
      );
      assert.equal([...found.values()].reduce((sum, count) => sum + count, 0), COUNT);
      assert.equal(found.size, kinds.length);
      assert.deepEqual((await log.verify()).faults, []);
    }),
);

Deno.test("a chain whose anchors have gone is not sound: nobody can say that none of it was cut off", () =>
  withEmbedded((database) =>
    inLog(database, async (log) => {
      assert.deepEqual((await log.verify()).faults, [], "where nothing was written, nothing is anchored");
      await log.append(act(1));
      await Deno.remove(log.anchors);
      assert.deepEqual((await log.verify()).faults.map(({ kind }) => kind), ["unanchored"]);
    })
  ));

Deno.test("an act is told before it is done, one that fails is told too, and who cannot tell does not act", () =>
  withEmbedded((database) =>
    inLog(database, async (log) => {
      let told = 0;
      await log.during(act(1), async () => {
        told = (await log.list({ limit: 9 })).length;
      });
      assert.equal(told, 1);
      await assert.rejects(log.during(act(2), () => Promise.reject(new Error("no"))), /no/);
      assert.deepEqual((await log.list({ limit: 9 })).map(({ action }) => action), [
        "keys.rotate.failed",
        "keys.rotate",
        "tasks.cancel",
      ]);
      const failing = log.during(act(4), async () => {
        await database.sql`alter table audit_log rename to gone`;
        throw new Error("the act's own");
      });
      await assert.rejects(failing, /the act's own/);
      let isDone = false;
      await assert.rejects(log.during(act(3), () => Promise.resolve(isDone = true)));
      assert.equal(isDone, false);
    })
  ));

Deno.test("the head is anchored when it has moved, after a crash in the middle of a line too, and never behind itself", () =>
  withEmbedded((database) =>
    inLog(database, async (log, clock) => {
      assert.equal(await log.anchor(), false);
      const first = await log.append(act(1));
      assert.equal(await log.anchor(), false);
      await Deno.writeTextFile(log.anchors, '{"atMs":1,"se', { append: true });
      assert.equal((await readAnchors(log.anchors)).length, 1);
      clock.advanceTo((START_MS + 60_000) as TimestampMs);
      const second = await log.append(act(2));
      assert.deepEqual(await readAnchors(log.anchors), [
        { atMs: START_MS, seq: 1, hash: first.hash },
        { atMs: START_MS + 60_000, seq: 2, hash: second.hash },
      ]);
      await database.sql`alter table audit_log disable trigger all`;
      await database.sql`delete from audit_log where seq = 2`;
      await assert.rejects(log.anchor(), { code: "audit-cut" });
      // A chain that was cut takes no further act, however often it is asked.
      for (let i = 0; i < 3; i++) {
        await assert.rejects(log.during(act(3), () => assert.fail("it was done")), { code: "audit-cut" });
        await assert.rejects(log.sign(), { code: "audit-cut" });
      }
      assert.deepEqual((await log.verify()).faults.map(({ kind, seq }) => [kind, seq]), [["cut", 2]]);
      // Another row in the place of the one that was anchored is none to go on from.
      const other = { ...second, actor: "somebody else" };
      await database
        .sql`insert into audit_log (seq, at_ms, actor, mode, action, subject, before_hash, after_hash, prev_hash, hash)
        values (2, ${other.atMs}, ${other.actor}, ${other.mode}, ${other.action}, ${other.subject}, ${other.beforeHash},
          ${other.afterHash}, ${other.prevHash}, ${hashOfRow(other)})`;
      await assert.rejects(log.append(act(3)), { code: "audit-cut" });
      assert.deepEqual((await log.verify()).faults.map(({ kind, seq }) => [kind, seq]), [["replaced", 2]]);
      await Deno.writeTextFile(log.anchors, "nonsense\n" + await Deno.readTextFile(log.anchors));
      await assert.rejects(log.verify(), { code: "anchors-damaged" });
    })
  ));

Deno.test("no two rows come to the same bytes by moving letters from one field to the next", () => {
  const row = { ...act(1), seq: 1, atMs: 1, prevHash: "0".repeat(64) };
  assert.notEqual(
    hashOfRow({ ...row, actor: "ab", mode: "c" }),
    hashOfRow({ ...row, actor: "a", mode: "bc" }),
  );
  assert.notEqual(hashOfRow({ ...row, beforeHash: null }), hashOfRow({ ...row, beforeHash: "" }));
  // The form is kept for ever: rows of years ago have to verify.
  assert.equal(hashOfRow(row), "790f03603e5868a6c8acee2a7c085a29b9f651811c4abb1c210a4418938d908f");
});
