import assert from "node:assert/strict";
import { CodedError } from "../errors/mod.ts";
import { lossyConnection } from "../testing/lossy_connection.ts";
import { killServer } from "../testing/server_process.ts";
import { testOnDatabases, withEmbedded } from "../testing/servers.ts";
import { poolTo, type Sql } from "./pool.ts";
import { CommitUnknown, inTransaction, isConflict } from "./transaction.ts";

async function counts(sql: Sql): Promise<number[]> {
  return (await sql<{ value: number }[]>`select value::int from counts order by id`).map(({ value }) => value);
}

testOnDatabases("transactions are whole, bounded and honest", async ({ sql }, { context, url }) => {
  await sql`create table counts (id int primary key, value int not null)`;
  await sql`insert into counts values (1, 0), (2, 0)`;

  await context.step("an error in the work takes all of it back, and is not tried again", async () => {
    let runs = 0;
    const work = inTransaction(sql, async (tx) => {
      runs++;
      await tx`update counts set value = 99 where id = 1`;
      throw new Error("mine");
    });
    await assert.rejects(work, /mine/);
    assert.deepEqual([runs, await counts(sql)], [1, [0, 0]]);
  });

  await context.step("a deadlock is resolved by doing one of the two again (fault 67)", async () => {
    let runs = 0;
    let met: () => void;
    const meeting = new Promise<void>((resolve) => met = resolve);
    const crossing = (first: number, second: number) =>
      inTransaction(sql, async (tx) => {
        await tx`update counts set value = value + 1 where id = ${first}`;
        if (++runs === 2) met();
        await meeting;
        await tx`update counts set value = value + 1 where id = ${second}`;
      });
    await Promise.all([crossing(1, 2), crossing(2, 1)]);
    assert.deepEqual(await counts(sql), [2, 2]);
    assert(runs >= 3, `${runs} runs`);
  });

  await context.step("serialisation failures are tried again, each as a whole", async () => {
    const add = () =>
      inTransaction(sql, async (tx) => {
        const [{ value }] = await tx<{ value: number }[]>`select value from counts where id = 1`;
        await tx`update counts set value = ${value + 1} where id = 1`;
      }, { isolation: "serializable", attempts: 50 });
    await Promise.all(Array.from({ length: 5 }, add));
    assert.deepEqual(await counts(sql), [7, 2]);
  });

  await context.step("trying ends after so many attempts, with the server's own error", async () => {
    let runs = 0;
    const work = inTransaction(sql, async (tx) => {
      runs++;
      await tx.unsafe(`do $$ begin raise exception 'no' using errcode = '40001'; end $$`);
    }, { attempts: 3 });
    await assert.rejects(work, isConflict);
    assert.equal(runs, 3);
  });

  await context.step("a statement that takes too long is ended", async () => {
    const [{ limit }] = await sql`select current_setting('statement_timeout') as limit`;
    assert.equal(limit, "15s");
    const slow = inTransaction(sql, async (tx) => {
      await tx`set local statement_timeout = '50ms'`;
      await tx`select pg_sleep(10)`;
    });
    await assert.rejects(slow, { code: "57014" });
  });

  const lossy = lossyConnection(url.reveal()), through = poolTo(lossy.url, { connections: 1 });
  let runs = 0;
  const insert = (id: number) =>
    inTransaction(through, async (tx) => {
      runs++;
      await tx`insert into counts values (${id}, ${id})`;
      return id;
    });

  await context.step(
    "a commit whose answer is lost is found to have happened, and not repeated (fault 65)",
    async () => {
      runs = 0;
      lossy.next = "answer";
      assert.equal(await insert(3), 3);
      assert.deepEqual([runs, await counts(sql)], [1, [7, 2, 3]]);
    },
  );

  await context.step(
    "a commit that never arrived is found not to have happened, and done again (fault 65)",
    async () => {
      runs = 0;
      lossy.next = "commit";
      assert.equal(await insert(4), 4);
      assert.deepEqual([runs, await counts(sql)], [2, [7, 2, 3, 4]]);
    },
  );
  await through.end();

  await context.step(
    "where the server cannot be sure, the work's own key is asked, or nobody claims to know",
    async () => {
      await sql`create role plain login password 'plain'`; // may not see whether the server has crashed since
      await sql`grant usage on schema crypto_trader to plain`;
      await sql`grant select, insert on counts to plain`;
      const plain = new URL(lossy.url);
      [plain.username, plain.password] = ["plain", "plain"];
      const work = async (
        id: number,
        options: { settle?: () => Promise<string | undefined>; isRepeated?: boolean },
      ) => {
        const limited = poolTo(plain.href, { connections: 1 });
        lossy.next = "answer";
        try {
          return await inTransaction(limited, async (tx) => {
            await tx`insert into counts values (${id}, ${id})`;
            return "done";
          }, options);
        } finally {
          await limited.end({ timeout: 1 });
        }
      };
      assert.equal(await work(5, { settle: () => Promise.resolve("found") }), "found");
      await assert.rejects(work(6, {}), CommitUnknown);
      await assert.rejects(work(7, { isRepeated: true }), CommitUnknown);
      assert.deepEqual(await counts(sql), [7, 2, 3, 4, 5, 6, 7]);
    },
  );
});

Deno.test("a server that is killed in the middle of many transactions loses none that was answered and doubles none", async () => {
  await withEmbedded(async ({ sql }, dataDir) => {
    await sql`create table effects (id int primary key, runs int not null default 1)`;
    const done: number[] = [], unknown: number[] = [];
    let next = 0;
    const worker = async () => {
      while (next < 200) {
        const id = ++next;
        try {
          await inTransaction(sql, (tx) => tx`insert into effects (id) values (${id})`.execute());
          done.push(id);
        } catch (error) {
          if (error instanceof CommitUnknown) unknown.push(id);
          else throw error;
        }
        if (id === 80) await killServer(dataDir);
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    const kept = new Set((await sql<{ id: number }[]>`select id from effects`).map(({ id }) => id));
    assert.deepEqual(done.filter((id) => !kept.has(id)), []);
    assert.equal(done.length + unknown.length, next);
    assert(unknown.length <= 3, `${unknown.length} unknown`);
  });
});

Deno.test("a server that stays away is given up after the stated patience", async () => {
  const sql = poolTo("postgres://nobody@127.0.0.1:1/none", { connections: 1 });
  const startedMs = performance.now();
  await assert.rejects(
    inTransaction(sql, (tx) => tx`select 1`.execute(), { patienceMs: 300 }),
    (error) => !(error instanceof CodedError) && (error as { code: string }).code === "ECONNREFUSED",
  );
  assert(performance.now() - startedMs >= 300);
  await sql.end();
});
