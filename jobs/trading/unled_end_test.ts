import assert from "node:assert/strict";
import { acquireLease, inTransaction, isHeld, renewLease } from "../../engine/database/mod.ts";
import { PostgresJournal, startSession } from "../../engine/journal/mod.ts";
import { fillOf, intent } from "../../engine/testing/journal_suite.ts";
import { testOnDatabases } from "../../engine/testing/servers.ts";
import { endUnled, leftText } from "./unled_end.ts";
import { unendedSessions } from "./unended_sessions.ts";

testOnDatabases("a session that nobody leads ends with its entries named, and one that wakes does not go on", async ({
  sql,
}) => {
  const held = await inTransaction(sql, async (tx) => {
    const lease = await acquireLease(tx, { name: "account:main", holder: "process 1", ttlMs: 60_000 });
    assert.ok(isHeld(lease));
    const settings = { autopilot: "main" };
    await startSession(tx, { id: "main-1", account: "main", mode: "live", epoch: 1, startedAtMs: 1, settings });
    return lease;
  });
  const journal = new PostgresJournal({ sql }, { account: "main", sessionId: "main-1", venue: "test", lease: held });
  await journal.record(intent(1));
  await journal.record(intent(2));
  await journal.fill(fillOf(intent(2), "2", {}));
  const [session] = await unendedSessions(sql, "main");
  assert.equal(await endUnled(sql, session!, 5), null, "somebody leads it");
  await sql`update leases set expires_at = clock_timestamp()`;
  const left = await endUnled(sql, session!, 5);
  assert.deepEqual(
    left!.map(({ clientOrderId }) => clientOrderId).sort(),
    [1, 2].map((n) => intent(n).clientOrderId).sort(),
  );
  assert.match(leftText(left!), /^; 2 entries may wait at the venue.* in .*, .* in /);
  assert.equal(leftText([]), "");
  assert.deepEqual(await unendedSessions(sql, "main"), []);
  await assert.rejects(inTransaction(sql, (tx) => renewLease(tx, held, 3_000)), /./, "it is fenced");
});
