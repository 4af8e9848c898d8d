import assert from "node:assert/strict";
import { acquireLease, inTransaction, isHeld, releaseLease, type Sql } from "../../engine/database/mod.ts";
import { endSession, startSession } from "../../engine/journal/mod.ts";
import { testOnDatabases } from "../../engine/testing/servers.ts";
import { beginPaperSession, holderOf, type NewPaperSession } from "./new_session.ts";
import { runningSessions } from "./session_commands.ts";
import { leaseOf } from "./session_lease.ts";
import { unendedSessions } from "./unended_sessions.ts";

/** Begins one that nobody trades yet. */
async function begin(sql: Sql, id: string, autopilot: string, mode: string, startedAtMs: number) {
  const account = mode === "paper" ? `paper:${id}` : `of ${id}`;
  await inTransaction(
    sql,
    (tx) => startSession(tx, { id, account, mode, epoch: 0, startedAtMs, settings: { autopilot } }),
  );
  return { id, account, mode, settings: { autopilot } };
}

async function lead(sql: Sql, session: Parameters<typeof leaseOf>[0]) {
  const options = { name: leaseOf(session), holder: `leader of ${session.account}`, ttlMs: 60_000 };
  const lease = await inTransaction(sql, (tx) => acquireLease(tx, options));
  assert.ok(isHeld(lease));
  return () => inTransaction(sql, (tx) => releaseLease(tx, lease));
}

testOnDatabases("a command under a name is for the session that is traded, and then for the one at a venue", async ({
  sql,
}) => {
  const ids = async (autopilot: string | null) => (await unendedSessions(sql, autopilot)).map(({ id }) => id);
  const live = await begin(sql, "live", "main", "live", 1), first = await begin(sql, "first", "main", "paper", 2);
  await begin(sql, "second", "main", "paper", 3);
  await begin(sql, "elsewhere", "other", "live", 4);
  assert.deepEqual(await ids("main"), ["live", "second", "first"]);
  assert.equal(await holderOf(sql, "main"), null);

  const leave = await lead(sql, live);
  assert.equal((await holderOf(sql, "main"))?.holder, "leader of of live", "it began before those on paper");
  assert.deepEqual((await runningSessions(sql)).map(({ id, orders }) => [id, orders]), [["live", 0]]);
  const leavePaper = await lead(sql, first);
  assert.deepEqual((await runningSessions(sql)).map(({ id }) => id).sort(), ["live", "second"]);
  await leave();
  assert.deepEqual(await ids("main"), ["second", "live", "first"]);
  await leavePaper();

  await inTransaction(sql, (tx) => endSession(tx, "live", 5, "stopped"));
  assert.deepEqual(await ids("main"), ["second", "first"]);
  assert.deepEqual(await ids(null), ["elsewhere", "second", "first"]);
});

testOnDatabases("no paper session begins under the name of one that trades an account and has not ended", async ({
  sql,
}) => {
  const settings = { autopilot: "main", exchange: "loopback" } as NewPaperSession;
  await begin(sql, "live", "main", "live", 1);
  await assert.rejects(beginPaperSession(sql, settings), {
    code: "autopilot-taken",
    message: /session live of autopilot main trades the account of live and has not ended: take another name/,
  });
  assert.equal((await beginPaperSession(sql, { ...settings, autopilot: "paper" })).id, "paper-1");
  await inTransaction(sql, (tx) => endSession(tx, "live", 5, "stopped"));
  await beginPaperSession(sql, settings);
});
