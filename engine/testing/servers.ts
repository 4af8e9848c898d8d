// Test support only: real database servers, started by the test and ended with it.
import { type Database, openDatabase, systemServer } from "../database/mod.ts";
import { unlessMissing } from "../database/file_lock.ts";
import { EmbeddedServer } from "../database/embedded_server.ts";
import { Secret } from "../errors/mod.ts";
import { requireOrSkip } from "./shared_data.ts";

/** A folder that the server's user can enter, removed afterwards. */
export async function inOpenFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "database_test_" });
  try {
    await Deno.chmod(folder, 0o755);
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Removes a data folder, and what of its database lies elsewhere because root keeps the folder closed. */
export async function removeDataFolder(dataDir: string): Promise<void> {
  const home = await unlessMissing(Deno.readTextFile(`${dataDir}/db/home`));
  for (const path of home === null ? [dataDir] : [home, dataDir]) await Deno.remove(path, { recursive: true });
}

/** Works with a new embedded database in a folder of its own. */
export async function withEmbedded(work: (database: Database, dataDir: string) => Promise<unknown>): Promise<void> {
  await inOpenFolder(async (dataDir) => {
    const database = await openDatabase({ databaseUrl: null, dataDir });
    try {
      await work(database, dataDir);
    } finally {
      await database.close();
    }
  });
}

/** Works with the address of a new server of the system's PostgreSQL; skipped where there is none. */
export async function withSystemServer(work: (url: Secret, dataDir: string) => Promise<unknown>): Promise<void> {
  const files = await systemServer();
  if (!requireOrSkip("services", files !== null, "PostgreSQL 15 or newer (apt-get install postgresql)")) return;
  await inOpenFolder(async (dataDir) => {
    const server = await EmbeddedServer.join(`${dataDir}/db`, () => Promise.resolve(files!));
    try {
      const { host, port, user, password } = await server.address();
      await work(
        new Secret("databaseUrl", `postgres://${user}:${password.reveal()}@${host}:${port}/postgres`),
        dataDir,
      );
    } finally {
      await server.leave();
    }
  });
}

/** What a test on a database is given beside it. */
export interface TestPlace {
  readonly context: Deno.TestContext;
  readonly url: Secret;
  /** Opens it once more. */
  open(): Promise<Database>;
}

/** Registers a test twice: on the embedded server and on the system's, reached by its address. */
export function testOnDatabases(
  title: string,
  test: (database: Database, place: TestPlace) => Promise<unknown>,
): void {
  Deno.test(`${title} (embedded PostgreSQL)`, (context) =>
    withEmbedded(async (database, dataDir) => {
      const { port } = JSON.parse(await Deno.readTextFile(`${dataDir}/db/server.json`));
      const password = await Deno.readTextFile(`${dataDir}/db/password`);
      const url = new Secret("databaseUrl", `postgres://trader:${password}@127.0.0.1:${port}/postgres`);
      await test(database, { context, url, open: () => openDatabase({ databaseUrl: null, dataDir }) });
    }));
  Deno.test(`${title} (PostgreSQL of the system)`, (context) =>
    withSystemServer(async (url, dataDir) => {
      const open = () => openDatabase({ databaseUrl: url, dataDir }), database = await open();
      try {
        await test(database, { context, url, open });
      } finally {
        await database.close();
      }
    }));
}
