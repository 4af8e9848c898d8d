// The embedded database, as the supervisor keeps it: it runs as long as somebody uses it, and this is who always does.
import type { Database } from "../engine/database/mod.ts";
import type { Charge, RunningCharge } from "./supervisor.ts";

/** How often it is asked whether it is the server that was started. */
const LOOK_MS = 1_000;
/** So long it may be silent, as while it recovers. */
const PATIENCE_MS = 15_000;

/** @param open Opens the database, and starts its server where it does not run. */
export function databaseCharge(open: () => Promise<Database>): Charge {
  return {
    name: "database",
    async start() {
      const database = await open();
      try {
        return runningDatabase(database, await serverOf(database));
      } catch (error) {
        await database.close();
        throw error;
      }
    },
  };
}

interface Server {
  readonly version: string;
  readonly port: number;
  readonly startedAt: string;
}

async function serverOf({ sql }: Database): Promise<Server> {
  const [server] = await sql<Server[]>`
    select current_setting('server_version') as version, inet_server_port()::int as port,
      pg_postmaster_start_time()::text as "startedAt"`;
  return server!;
}

function runningDatabase(database: Database, { version, port, startedAt }: Server): RunningCharge {
  let stopped = false, timer: ReturnType<typeof setTimeout> | undefined;
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const look = async (silentSinceMs: number) => {
    let found: Server | null = null;
    try {
      found = await serverOf(database);
    } catch {
      // A dead line is made anew, and with it the server started: the next look tells.
    }
    if (stopped) return;
    const nowMs = performance.now();
    if (found !== null && found.startedAt !== startedAt) return resolve("its server was killed or restarted");
    if (found === null && nowMs - silentSinceMs > PATIENCE_MS) return resolve("its server does not answer");
    timer = setTimeout(() => void look(found === null ? silentSinceMs : nowMs), LOOK_MS);
  };
  timer = setTimeout(() => void look(performance.now()), LOOK_MS);
  return {
    detail: `PostgreSQL ${version} on 127.0.0.1:${port}`,
    ended,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await database.close();
    },
  };
}
