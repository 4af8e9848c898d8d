import assert from "node:assert/strict";
import { poolTo } from "../database/pool.ts";
import { testOnDatabases } from "../testing/servers.ts";
import { bossPool } from "./boss_pool.ts";

testOnDatabases("the queue's scripts, each a transaction of its own", async (_database, { context, url }) => {
  const sql = poolTo(url.reveal(), { connections: 1 }), boss = bossPool(sql);
  const answers = async () => assert.deepEqual((await boss.executeSql("select 1 as n")).rows, [{ n: 1 }]);
  const script = (...statements: string[]) => boss.executeSql(`\n BEGIN;\n ${statements.join(";\n")};\n COMMIT;\n `);

  await context.step("tell the rows of every statement", async () => {
    const { rows } = await script("create table notes (n int)", "insert into notes values (1), (2) returning n");
    assert.deepEqual(rows, [{ n: 1 }, { n: 2 }]);
  });
  await context.step("leave nothing behind when one fails, nor the connection in the middle", async () => {
    await assert.rejects(script("insert into notes values (3)", "select 1 / 0"), /division by zero/);
    assert.deepEqual((await boss.executeSql("select count(*)::int as n from notes")).rows, [{ n: 2 }]);
  });
  await context.step("do not take the connection's place with them when it breaks in the middle", async () => {
    for (let i = 0; i < 5; i++) {
      await assert.rejects(script("insert into notes values (4)", "select pg_terminate_backend(pg_backend_pid())"));
      await answers().catch(answers); // the first one may be told of the break before it
    }
    assert.deepEqual((await boss.executeSql("select count(*)::int as n from notes")).rows, [{ n: 2 }]);
  });
  await sql.end({ timeout: 1 });
});
