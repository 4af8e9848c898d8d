// The services as `doctor` sees them: what is configured, whether it answers, at what version, and what to do if not.
import { RedisStore } from "../engine/cache/mod.ts";
import { appliedSteps, migrations, openDatabase, runningServer } from "../engine/database/mod.ts";
import { counted } from "../engine/errors/mod.ts";
import type { Settings } from "../engine/settings/mod.ts";
import { queueHealth } from "../engine/tasks/mod.ts";
import type { Part } from "./health.ts";

/** How long a service may take to answer. */
const PATIENCE_MS = 3_000;

/** Database, queue and cache. Nothing is started, nothing is written. */
export async function serviceParts(settings: Settings): Promise<Part[]> {
  return [...await databaseParts(settings), await cachePart(settings)];
}

async function databaseParts(settings: Settings): Promise<Part[]> {
  const { databaseUrl, dataDir } = settings, url = databaseUrl ?? await runningServer(dataDir);
  if (url === null) {
    const detail = `the embedded one in ${dataDir}/db does not run`;
    return [{ name: "database", found: false, detail, remedy: "whoever needs it starts it: deno task start" }];
  }
  const database = await openDatabase({ databaseUrl: url, dataDir }, { connections: 1, migrate: false });
  try {
    return await inTime(async () => {
      const { sql } = database, [{ server_version: version }] = await sql`show server_version`;
      const where = databaseUrl === null ? `the embedded one in ${dataDir}/db` : "as DATABASE_URL says";
      const applied = await appliedSteps(sql).catch(() => []), missing = migrations.length - applied.length;
      const steps = missing === 0 ? "its tables are up to date" : `${missing} steps of its tables are missing`;
      return [
        { name: "database", found: true, detail: `PostgreSQL ${version}, ${where}; ${steps}` },
        queuePart(await queueHealth(sql)),
      ];
    });
  } catch (error) {
    const detail = `it does not answer: ${messageOf(error)}`;
    const remedy = databaseUrl === null ? "start it: deno task start" : "start it, or mend DATABASE_URL";
    return [{ name: "database", found: false, detail, remedy }];
  } finally {
    await database.close();
  }
}

function queuePart(health: Awaited<ReturnType<typeof queueHealth>>): Part {
  if (health === null) {
    return { name: "queue", found: false, detail: "nothing has used it yet", remedy: "deno task start" };
  }
  const { workers, schedulers, waiting, active, failed } = health;
  const detail = `${counted(workers, "worker")}, ${counted(schedulers, "scheduler")}; ` +
    `${waiting} tasks wait, ${active} are worked on, ${failed} have failed`;
  if (workers === 0) return { name: "queue", found: false, detail, remedy: "deno task start, or deno task worker" };
  return {
    name: "queue",
    found: true,
    detail,
    ...(failed === 0 ? {} : { remedy: "deno task tasks list --state failed" }),
  };
}

/** Where the cache is, and whether it answers. */
export async function cachePart({ redisUrl }: Pick<Settings, "redisUrl">): Promise<Part> {
  const name = "cache";
  if (redisUrl === null) return { name, found: true, detail: "tables of the database, as REDIS_URL names no Redis" };
  const store = await RedisStore.open(redisUrl.reveal(), { deadlineMs: PATIENCE_MS });
  try {
    const state = await store.state();
    if (state.kind === "known") {
      const { version, latencyMs } = state.value;
      return { name, found: true, detail: `Redis ${version}, answers in ${Math.ceil(latencyMs)} ms` };
    }
    return { name, found: false, detail: state.reason, remedy: "start it, or mend or leave out REDIS_URL" };
  } finally {
    await store.close();
  }
}

async function inTime<T>(question: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS / 1_000} s`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([question(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Some errors of a connection say nothing themselves and hold others. */
function messageOf(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: readonly Error[] };
  return message || errors?.[0]?.message || code || String(error);
}
