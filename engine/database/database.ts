import type { Secret } from "../errors/mod.ts";
import { EmbeddedServer } from "./embedded_server.ts";
import { migrate } from "./migrate.ts";
import { poolOf, type PoolOptions, poolTo, type Sql } from "./pool.ts";
import type { ServerFiles } from "./server_files.ts";

/** Which database is meant: fields of the settings. */
export interface DatabaseSettings {
  /** Address of a real server; null for the embedded one. */
  readonly databaseUrl: Secret | null;
  /** The embedded server's data is in `db` below it. */
  readonly dataDir: string;
}

/** How a database is opened. */
export interface OpenOptions extends PoolOptions {
  /** Programs of the embedded server; without, those of its package. */
  readonly files?: () => Promise<ServerFiles>;
  /** False leaves the tables as they are: for looking at a database, and for restoring one. */
  readonly migrate?: boolean;
}

/** An open database. */
export interface Database {
  /** Its connections, which come back by themselves after the server was lost. */
  readonly sql: Sql;
  /** Where it is. */
  readonly kind: "embedded" | "real";
  /** Ends the connections; an embedded server stops with the last process that uses it. */
  close(): Promise<void>;
}

const CLOSE_SECONDS = 2;

/**
 * Opens the database that the settings name. The embedded server is started where it does not run yet, and shared with
 * every process on the same data folder.
 *
 * @throws {InputError} `postgres-root`, `postgres-package`, `postgres-not-running`, `postgres-password`, `database-newer`
 * or `migration-changed`, each with what to do about it.
 */
export async function openDatabase(settings: DatabaseSettings, options: OpenOptions = {}): Promise<Database> {
  const { databaseUrl, dataDir } = settings;
  const database = databaseUrl === null ? await embedded(dataDir, options) : real(databaseUrl, options);
  try {
    if (options.migrate !== false) await migrate(database.sql);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

function real(url: Secret, options: OpenOptions): Database {
  const sql = poolTo(url.reveal(), options);
  return { sql, kind: "real", close: () => sql.end({ timeout: CLOSE_SECONDS }) };
}

async function embedded(dataDir: string, options: OpenOptions): Promise<Database> {
  const server = await EmbeddedServer.join(`${dataDir}/db`, options.files);
  const { password, user } = await server.address(), sql = poolOf(server, password.reveal(), user, options);
  let closing: Promise<void> | undefined;
  return {
    sql,
    kind: "embedded",
    close: () => closing ??= sql.end({ timeout: CLOSE_SECONDS }).then(() => server.leave()),
  };
}
