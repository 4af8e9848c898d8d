import assert from "node:assert/strict";
import { inTransaction } from "../../database/mod.ts";
import { startSession } from "../../journal/mod.ts";
import type { ClientOrderId } from "../../orders/mod.ts";
import { HELD_CONFIG } from "../../testing/held_position.ts";
import { testOnDatabases } from "../../testing/servers.ts";
import type { TimestampMs } from "../../time/mod.ts";
import { PostgresLease } from "../postgres_session.ts";
import { type SessionInput, writeInput } from "../session_input.ts";
import { SessionReplica } from "./session_replica.ts";

const AT_MS = 60_000 as TimestampMs;

testOnDatabases(
  "a watchdog of a session that another strategy began knows who leads it all the same",
  async ({ sql }) => {
    const session = { id: "main-1", account: "main" }, leaseName = "autopilot:main";
    await inTransaction(
      sql,
      (tx) => startSession(tx, { ...session, mode: "paper", epoch: 0, startedAtMs: 0, settings: {} }),
    );
    const take = async (number: number, input: SessionInput) => {
      await sql`insert into session_inputs (session_id, number, input) values (${session.id}, ${number}, ${
        writeInput(input)
      })`;
    };
    const replica = new SessionReplica({ config: HELD_CONFIG, session, leaseName, sql: () => Promise.resolve(sql) });
    await take(0, { kind: "leader", epoch: 1, timeMs: AT_MS });
    assert.equal((await replica.look([])).lost, null);
    assert.equal(replica.trader!.state.epoch, 1);
    await take(1, { kind: "recorded", clientOrderId: "t11-0-a-e0" as ClientOrderId, timeMs: AT_MS });
    await new PostgresLease(sql, leaseName, "a successor").acquire(60_000);
    for (let looks = 0; looks < 2; looks++) {
      const { lost, ...look } = await replica.look([]);
      assert.match(`${lost?.code}: ${lost?.message}`, /^session-differs: t11-0-a-e0 was recorded, and no input/);
      assert.deepEqual(look, { isLed: true, holder: "a successor", epoch: 1, hasEnded: false, known: new Set() });
      assert.equal(replica.trader, null);
    }
  },
);
