// Connections to PostgreSQL with what this program relies on: limits on every statement, UTC, exact numbers.
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import postgres from "postgres";
import { assert } from "../errors/mod.ts";
import type { EmbeddedServer } from "./embedded_server.ts";
import { failingSocket, openSocket } from "./socket.ts";

/** A pool of connections, as `postgres` makes it: a tag for templates, each value of which travels as a parameter. */
export type Sql = postgres.Sql<{ int8: number }>;

/** The connection on which a transaction runs. Repositories take it as their first argument. */
export type Transaction = postgres.TransactionSql<{ int8: number }>;

/** With `socket`, which the package's types lack. */
type PostgresOptions = postgres.Options<{ int8: postgres.PostgresType<number> }>;

/** What postgres says to whoever makes its sockets. */
interface ConnectionPlaces {
  readonly host: string[];
  readonly port: number[];
  readonly path: string | false;
  readonly ssl: unknown;
}

/** What may be set for a pool. */
export interface PoolOptions {
  /** Connections at most; 5 unless stated. */
  readonly connections?: number;
  /** How long a statement may take, in milliseconds; 15 s unless stated. */
  readonly statementTimeoutMs?: number;
  /**
   * After so long without a statement a transaction is rolled back, milliseconds; 30 s unless stated. What it has locked
   * keeps others waiting for as long when its process stands still.
   */
  readonly idleInTransactionMs?: number;
  /** What the connections are called in the server's lists. */
  readonly applicationName?: string;
}

const LOCK_TIMEOUT_MS = 5_000, IDLE_IN_TRANSACTION_MS = 30_000, CONNECT_SECONDS = 10, IDLE_SECONDS = 60;
/** Longest pause before a broken connection is made anew. */
const BACKOFF_SECONDS = 0.5;

/**
 * postgres 3.4.9 writes short messages at the end of the tick. When the connection breaks before that, it cancels the
 * writing but neither forgets the bytes nor that a writing is planned: that connection would wait for its time-out at
 * each later attempt, for ever. A first message of this size is written at once, which clears both: the attempt fails on
 * the old bytes, and the next one is whole.
 */
const WRITTEN_AT_ONCE_BYTES = 1_024;

/** Connections to the server at an address. */
export function poolTo(url: string, options: PoolOptions = {}): Sql {
  let attempts = 0;
  const socket = ({ host, port, path, ssl }: ConnectionPlaces) => {
    const i = attempts++ % host.length; // of several hosts, the next one
    const place = path ? { path } : { host: host[i], port: port[i] };
    return openSocket(place, Boolean(ssl)).catch(failingSocket);
  };
  return postgres(url, { ...shared(options), socket } as PostgresOptions);
}

/** Connections to the embedded server: each new one finds it where it is by then, or starts it. */
export function poolOf(server: EmbeddedServer, password: string, user: string, options: PoolOptions = {}): Sql {
  return postgres({
    ...shared(options),
    ...{ host: "127.0.0.1", user, password, database: "postgres" },
    onclose: () => server.doubt(),
    socket: () => socketTo(server),
  } as PostgresOptions) as Sql;
}

async function socketTo(server: EmbeddedServer): Promise<Socket | Duplex> {
  try {
    return await openSocket(await server.address());
  } catch (error) {
    server.doubt();
    return failingSocket(error);
  }
}

function shared(options: PoolOptions) {
  const { connections = 5, statementTimeoutMs = 15_000, applicationName = "crypto-trader" } = options;
  const { idleInTransactionMs = IDLE_IN_TRANSACTION_MS } = options;
  return {
    max: connections,
    connect_timeout: CONNECT_SECONDS,
    idle_timeout: IDLE_SECONDS,
    backoff: (retries: number) => Math.min(0.02 * 2 ** Math.min(retries, 10), BACKOFF_SECONDS),
    onnotice: () => {},
    types: {
      // Counts, versions and moments: they all fit, and one that does not must not be rounded in silence.
      int8: { to: 20, from: [20], serialize: (value: number) => value.toString(), parse: safeInteger },
    },
    connection: {
      application_name: applicationName,
      statement_timeout: statementTimeoutMs,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: idleInTransactionMs,
      TimeZone: "UTC",
      search_path: "crypto_trader",
      options: " ".repeat(WRITTEN_AT_ONCE_BYTES),
    },
  };
}

function safeInteger(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `${text} of the database is beyond the whole numbers that are exact here`);
  return value;
}
