import assert from "node:assert/strict";
import { testOnDatabases } from "../testing/servers.ts";
import { poolTo } from "./pool.ts";
import { isConnectionLost } from "./transaction.ts";

testOnDatabases("results are whole after one that ended in its rows", async (_database, { context, url }) => {
  const sql = poolTo(url.reveal(), { connections: 1 }), wide = "x".repeat(70_000);
  const next = () => sql<{ n: number }[]>`select n from generate_series(1, 3) n`;
  const isWhole = async (rows = next()) => assert.deepEqual([...await rows], [{ n: 1 }, { n: 2 }, { n: 3 }]);

  await context.step("with an error of a row, also for statements that wait behind it", async () => {
    for (const width of [1, 3_000, 70_000]) {
      const failing = sql`select ${wide.slice(0, width)} as t, 10 / (6 - n) from generate_series(1, 9) n`;
      const all = [assert.rejects(failing, /division by zero/), isWhole(), isWhole()];
      await Promise.all(all);
      await isWhole();
    }
  });
  await context.step("with the end of its connection", async () => {
    const ending = sql`
      select ${wide} as t, case when n = 5 then pg_terminate_backend(pg_backend_pid()) end from generate_series(1, 9) n`;
    await assert.rejects(ending, isConnectionLost);
    await isWhole().catch(() => isWhole()); // the first one may be told of the end before it
    await isWhole();
  });
  await context.step("with a message that comes in many pieces", async () => {
    const [row] = await sql<{ t: string }[]>`select repeat(${wide}, 100) as t`;
    assert.equal(row!.t, wide.repeat(100));
    await isWhole();
  });
  await sql.end({ timeout: 1 });
});
