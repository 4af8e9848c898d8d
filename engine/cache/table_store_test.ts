import { type Database, migrate } from "../database/mod.ts";
import { poolTo } from "../database/pool.ts";
import { CACHE_CASES, CACHE_FAULT_CASES, type CacheServer } from "../testing/cache_cases.ts";
import { PausableProxy } from "../testing/pausable_proxy.ts";
import { REQUEST_BUDGET_CASES } from "../testing/request_budget_cases.ts";
import { killServer } from "../testing/server_process.ts";
import { testOnDatabases, withEmbedded } from "../testing/servers.ts";
import { SHARED_BUDGET_CASES, withSharedBudget } from "../testing/shared_budget_cases.ts";
import { TableStore } from "./table_store.ts";

/** Cases that end or hang the server, which only the embedded one bears. */
const FAULTS = Object.entries({ ...CACHE_FAULT_CASES, ...SHARED_BUDGET_CASES });
let stores = 0;

/** A store with a pool of its own, as another process would have. */
class OwnedStore extends TableStore {
  constructor(readonly url: string, namespace: string, deadlineMs: number, readonly pool = poolTo(url)) {
    super(pool, { namespace, deadlineMs });
  }
  override async close(): Promise<void> {
    await super.close();
    await this.pool.end({ timeout: 1 });
  }
}

/** The server as the cases want it, with rows of its own for each case. */
function cacheServer(url: string, faults: Omit<CacheServer, "open">): CacheServer {
  const namespace = `case ${++stores}`;
  return { open: (deadlineMs = 1_000) => Promise.resolve(new OwnedStore(url, namespace, deadlineMs)), ...faults };
}

const NO_FAULTS = {
  kill: () => Promise.reject(new Error("this case must not end the server")),
  start: () => Promise.resolve(),
  pause() {},
  resume() {},
};

testOnDatabases("cache in tables", async (database, { context, url }) => {
  await migrate(database.sql);
  for (const [name, holds] of Object.entries(CACHE_CASES)) {
    await context.step(name, () => holds(cacheServer(url.reveal(), NO_FAULTS)));
  }
  for (const [name, holds] of Object.entries(REQUEST_BUDGET_CASES)) {
    await context.step(`budget: ${name}`, () => withSharedBudget(cacheServer(url.reveal(), NO_FAULTS), holds));
  }
});

Deno.test("cache in tables of a server that hangs and is killed", (context) =>
  withEmbedded(async (database, dataDir) => {
    await migrate(database.sql);
    const { port } = JSON.parse(await Deno.readTextFile(`${dataDir}/db/server.json`));
    const password = await Deno.readTextFile(`${dataDir}/db/password`);
    const proxy = new PausableProxy(port);
    try {
      const url = `postgres://trader:${password}@127.0.0.1:${proxy.port}/postgres`;
      for (const [name, holds] of FAULTS) {
        const faults = faultsOf(database, dataDir, proxy);
        await faults.start();
        await context.step(name, () => holds(cacheServer(url, faults)));
      }
    } finally {
      proxy.close();
    }
  }));

function faultsOf(database: Database, dataDir: string, proxy: PausableProxy): Omit<CacheServer, "open"> {
  return {
    kill: () => killServer(dataDir),
    start: async () => {
      await database.sql`select 1`.catch(() => database.sql`select 1`); // the first one may find the dead line
    },
    pause: () => proxy.pause(),
    resume: () => proxy.resume(),
  };
}
