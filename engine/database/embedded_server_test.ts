// Faults 53, 54 and 57 at the embedded server: started twice, killed at any moment, its files stale.
import assert from "node:assert/strict";
import postgres from "postgres";
import { InputError } from "../errors/mod.ts";
import { databaseProcess, killServer, refusalOf, serverPid } from "../testing/server_process.ts";
import { inOpenFolder, withEmbedded, withSystemServer } from "../testing/servers.ts";
import { openDatabase } from "./database.ts";
import { probe } from "./probe.ts";
import { serverFilesRoot } from "./server_files.ts";
import { checkReach } from "./server_user.ts";

const open = (dataDir: string) => openDatabase({ databaseUrl: null, dataDir });
const notedPort = async (dataDir: string) => JSON.parse(await Deno.readTextFile(`${dataDir}/db/server.json`)).port;
const password = (dataDir: string) => Deno.readTextFile(`${dataDir}/db/password`);

Deno.test("the embedded server is PostgreSQL 18 with checksums and synced commits, in UTC", async () => {
  await withEmbedded(async ({ sql, kind }) => {
    assert.equal(kind, "embedded");
    const [row] = await sql`select current_setting('server_version_num')::int / 10000 as major,
      current_setting('data_checksums') as checksums, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as synced, current_setting('TimeZone') as zone`;
    assert.deepEqual({ ...row }, { major: 18, checksums: "on", fsync: "on", synced: "on", zone: "UTC" });
  });
});

Deno.test("the embedded server listens on loopback only and wants the password, which only its owner can read", async () => {
  await withEmbedded(async ({ sql }, dataDir) => {
    const [{ listens, sockets }] = await sql`select current_setting('listen_addresses') as listens,
      current_setting('unix_socket_directories') as sockets`;
    assert.deepEqual([listens, sockets], ["127.0.0.1", ""]);
    assert.equal((await Deno.stat(`${dataDir}/db/password`)).mode! & 0o777, 0o600);
    const port = await notedPort(dataDir);
    assert.equal(await probe(port, await password(dataDir)), "ours");
    assert.equal(await probe(port, "guessed"), "stranger");
    const stranger = postgres(`postgres://trader:guessed@127.0.0.1:${port}/postgres`, { max: 1 });
    await assert.rejects(stranger`select 1`, { code: "28P01" });
    await stranger.end();
  });
});

Deno.test("two processes that start the server at the same instant end with one server and two connections", async () => {
  await inOpenFolder(async (dataDir) => {
    const [one, two] = await Promise.all([databaseProcess(dataDir), databaseProcess(dataDir)]);
    assert.equal(one.place.port, two.place.port);
    assert.equal(one.place.started, two.place.started);
    assert.notEqual(one.place.connection, two.place.connection);
    await Promise.all([one.end(), two.end()]);
    assert.equal(await probe(one.place.port, await password(dataDir)), "nobody");
  });
});

Deno.test("the server outlives the process that started it while another uses it, and stops with the last", async () => {
  await inOpenFolder(async (dataDir) => {
    const starter = await databaseProcess(dataDir), database = await open(dataDir);
    await starter.end();
    const [{ started }] = await database.sql`select pg_postmaster_start_time()::text as started`;
    assert.equal(started, starter.place.started);
    await database.close();
    assert.equal(await probe(starter.place.port, await password(dataDir)), "nobody");
  });
});

Deno.test("a starter that is killed leaves a server that the next process finds and stops", async () => {
  await inOpenFolder(async (dataDir) => {
    const starter = await databaseProcess(dataDir);
    await starter.kill();
    await Deno.remove(`${dataDir}/db/server.json`); // killed before it could leave word
    const database = await open(dataDir);
    const [{ started }] = await database.sql`select pg_postmaster_start_time()::text as started`;
    assert.equal(started, starter.place.started);
    await database.close();
    assert.equal(await probe(starter.place.port, await password(dataDir)), "nobody");
  });
});

/** The answer to a statement after the server has died: each connection of the pool may have to find out by itself. */
async function onceAlive<Answer>(ask: () => PromiseLike<Answer>): Promise<Answer> {
  for (let deadConnections = 0;; deadConnections++) {
    try {
      return await ask();
    } catch (error) {
      if (deadConnections === 10) throw error;
    }
  }
}

Deno.test("a server that is killed is started again by the next statement, with all that was committed", async () => {
  await withEmbedded(async ({ sql }, dataDir) => {
    await sql`create table kept (value int)`;
    await sql`insert into kept values (1)`;
    await killServer(dataDir);
    const values = await onceAlive(() => sql`select value from kept`);
    assert.deepEqual(values.map(({ value }) => value), [1]);
  });
});

Deno.test("the number of a dead server that another process has by now does not keep the server from starting", async () => {
  await withEmbedded(async (other, otherDir) => {
    await withEmbedded(async ({ sql }, dataDir) => {
      await sql`select 1`;
      await killServer(dataDir);
      const path = `${dataDir}/db/cluster/postmaster.pid`, [, ...lines] = (await Deno.readTextFile(path)).split("\n");
      await Deno.writeTextFile(path, [await serverPid(otherDir), ...lines].join("\n"));
      assert.deepEqual([...await onceAlive(() => sql`select 1 as one`)], [{ one: 1 }]);
    });
    assert.deepEqual([...await other.sql`select 2 as two`], [{ two: 2 }]); // and has come to no harm
  });
});

Deno.test("a port that a stranger has taken, and a note that is garbage, are not believed", async () => {
  await inOpenFolder(async (dataDir) => {
    await (await open(dataDir)).close();
    const stranger = Deno.listen({ hostname: "127.0.0.1", port: await notedPort(dataDir) });
    const refusing = (async () => {
      for await (const connection of stranger) connection.close();
    })();
    const { port: taken } = stranger.addr as Deno.NetAddr;
    const database = await open(dataDir);
    assert.notEqual(await notedPort(dataDir), taken);
    stranger.close();
    await refusing.catch(() => {});
    await Deno.writeTextFile(`${dataDir}/db/server.json`, `{"port":`);
    const second = await open(dataDir);
    assert.deepEqual([...await second.sql`select 1 as one`], [{ one: 1 }]);
    await Promise.all([database.close(), second.close()]);
  });
});

Deno.test("in a folder that root keeps closed, the server's data lies where its user can enter", async () => {
  await inOpenFolder(async (folder) => {
    await Deno.chmod(folder, 0o700);
    const dataDir = `${folder}/data`, database = await open(dataDir);
    const [{ data }] = await database.sql`select current_setting('data_directory') as data`;
    const isRoot = Deno.uid() === 0;
    try {
      assert.equal(data.startsWith(isRoot ? "/var/lib/crypto-trader/db-" : await Deno.realPath(dataDir)), true, data);
      await database.sql`create table kept (value int)`;
      await database.close();
      const again = await open(dataDir);
      assert.equal((await again.sql`select * from kept`).length, 0);
      await again.close();
    } finally {
      if (isRoot) await Deno.remove(await Deno.readTextFile(`${dataDir}/db/home`), { recursive: true });
    }
  });
});

Deno.test("a folder that the server's user cannot enter is named, with what can be done", async () => {
  await inOpenFolder(async (folder) => {
    await Deno.mkdir(`${folder}/closed/data`, { recursive: true });
    await Deno.chmod(`${folder}/closed`, 0o700);
    const user = { uid: 65_534, gid: 65_534 };
    await assert.rejects(
      checkReach(`${folder}/closed/data`, user),
      (error) => error instanceof InputError && /cannot enter .*\/closed: start this as a user/.test(error.message),
    );
    await checkReach(`${folder}/closed/data`, {}); // who is not root has nothing to check
    assert.equal(await serverFilesRoot(`${folder}/closed/`, user), "/var/lib/crypto-trader/postgres");
    assert.equal(await serverFilesRoot(`${folder}/`, user), `${folder}/data/postgres`);
  });
});

Deno.test("a process that may start no program uses the server that runs, and says what to do where none does", async () => {
  await inOpenFolder(async (dataDir) => {
    const database = await open(dataDir);
    assert.equal(await refusalOf(dataDir), ""); // it found the server, and left it
    assert.equal((await database.sql`select 1`).length, 1);
    await database.close();
    assert.match(
      await refusalOf(dataDir),
      /no database is running in .*, and this process may not start one: run deno task start/,
    );
  });
});

Deno.test("a database of another user is named as such", async () => {
  await inOpenFolder(async (dataDir) => {
    await (await open(dataDir)).close();
    const { readTextFile } = Deno;
    Deno.readTextFile = (path) =>
      // root, which tests may run as, can read every file
      `${path}`.endsWith("/password") ? Promise.reject(new Deno.errors.PermissionDenied("closed")) : readTextFile(path);
    try {
      await assert.rejects(open(dataDir), (error) => error instanceof InputError && error.code === "postgres-owner");
    } finally {
      Deno.readTextFile = readTextFile;
    }
  });
});

Deno.test("a password that is lost is asked for, not replaced", async () => {
  await inOpenFolder(async (dataDir) => {
    await (await open(dataDir)).close();
    await Deno.remove(`${dataDir}/db/password`);
    await assert.rejects(open(dataDir), (error) => error instanceof InputError && error.code === "postgres-password");
  });
});

Deno.test("DATABASE_URL reaches a server of the system, and its password stands in no message", async () => {
  await withSystemServer(async (databaseUrl) => {
    const database = await openDatabase({ databaseUrl, dataDir: "unused" });
    assert.equal(database.kind, "real");
    const [{ major }] = await database.sql`select current_setting('server_version_num')::int / 10000 as major`;
    assert(major >= 15);
    await database.close();
    assert.doesNotMatch(Deno.inspect(database) + `${databaseUrl}`, /postgres:\/\/trader:/);
  });
});
