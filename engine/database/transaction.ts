// Whole transactions, tried again where that is safe, and an honest answer where the connection was lost at the commit
// (faults 65 and 67). Tested in transaction_test.ts, also with the server killed.
import { CodedError } from "../errors/mod.ts";
import type { Sql, Transaction } from "./pool.ts";

/** How a transaction runs, and how long it is tried. */
export interface TransactionOptions<T> {
  /** `read committed` unless stated. */
  readonly isolation?: "read committed" | "repeatable read" | "serializable";
  readonly readOnly?: boolean;
  /** How often it is tried when others are in its way (deadlocks, serialisation); 8 unless stated. */
  readonly attempts?: number;
  /** How long it is tried while the server is away, in milliseconds; 15,000 unless stated. */
  readonly patienceMs?: number;
  /**
   * Reads by the work's own key whether it has happened: its result, or undefined where nothing of it is there. Asked
   * when the connection was lost at the commit, unless the server is certain that nothing happened.
   */
  readonly settle?: (transaction: Transaction) => Promise<T | undefined>;
  /**
   * True where whoever asks repeats the work after a {@linkcode CommitUnknown}, and the work finds what is there: nobody
   * then asks the server before each commit what would tell.
   */
  readonly isRepeated?: boolean;
}

/** The connection was lost at the commit, and nobody could say what became of it: read what is there before acting. */
export class CommitUnknown extends CodedError {
  override readonly name = "CommitUnknown";
  constructor(cause: unknown) {
    super(
      "commit-unknown",
      "the connection to the database was lost while a transaction was committed: look what is there before doing it again",
      { cause },
    );
  }
}

const CONFLICTS = new Set(["40001", "40P01", "55P03"]);
/** The last one: the embedded server is down, and this process may not start it. */
const LOST = /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|08|57P0[123]|postgres-not-running$)/;

/** True of an error after which the connection is gone, or was never there: what was not committed is rolled back. */
export function isConnectionLost(error: unknown): boolean {
  return LOST.test(String((error as { code?: unknown })?.code));
}

/** True of an error that another transaction caused: the same work may go through the next time. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.has(String((error as { code?: unknown })?.code));
}

/** Longer than a connection that failed takes to be closed. */
const CLOSE_FOLLOWS_MS = 200;

/** What the server tells of the transaction right before its commit. */
interface Commit {
  readonly xid: string | null;
  /** Changes when the server has crashed, after which it may give a number again. */
  readonly run: string | null;
}

/**
 * Does work in a transaction and commits it. The work is repeated as a whole, so all that it does has to be in the
 * database.
 *
 * @throws {CommitUnknown} when the connection was lost at the commit and neither the server nor `settle` knows more.
 */
export async function inTransaction<T>(
  sql: Sql,
  work: (transaction: Transaction) => Promise<T>,
  options: TransactionOptions<T> = {},
): Promise<T> {
  const { attempts = 8, patienceMs = 15_000, isRepeated = false } = options,
    deadlineMs = performance.now() + patienceMs;
  let conflicts = 0;
  for (let attempt = 0;; attempt++) {
    let commit: Commit | "unasked" | undefined, result: T;
    try {
      await tryTransaction(sql, modeOf(options), async (transaction) => {
        result = await work(transaction);
        commit = isRepeated ? "unasked" : await askedBefore(transaction, options.settle !== undefined);
      });
      return result!;
    } catch (error) {
      if (isConflict(error)) {
        if (++conflicts >= attempts) throw error;
      } else if (!isConnectionLost(error) || performance.now() > deadlineMs) throw error;
      else if (commit === "unasked") throw new CommitUnknown(error);
      else if (commit !== undefined && commit.xid !== null) {
        const settled = await outcomeOf(sql, commit, options, deadlineMs, error);
        if (settled === "done") return result!;
        if (settled !== "undone") return settled.found;
      }
    }
    await pause(attempt);
  }
}

/**
 * Does work in a transaction once: for work that is safe to lose, as no one tells here what became of a commit that was
 * not answered. It is `sql.begin`, kept from what postgres 3.4.9 does when the connection breaks in a transaction: it
 * sends a rollback, and whatever the work still asks, into the connection that is gone, which is then lost to the pool or
 * ends the process.
 */
export async function tryTransaction<T>(
  sql: Sql,
  mode: string,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  let isClosed = false, result: T;
  const refuseWhenClosed = () => {
    if (isClosed) {
      throw Object.assign(new Error("the transaction's connection is closed"), { code: "CONNECTION_CLOSED" });
    }
  };
  try {
    await sql.begin(mode, async (connection) => {
      const transaction = new Proxy(connection as unknown as Transaction, {
        apply(target, self, args) {
          refuseWhenClosed();
          return Reflect.apply(target as unknown as (...args: unknown[]) => unknown, self, args);
        },
        get(target, name) {
          refuseWhenClosed();
          return Reflect.get(target, name);
        },
      });
      try {
        result = await work(transaction);
      } catch (error) {
        // The close that follows ends `begin`; an error of somebody else's connection does not, and is a usual one.
        if (isConnectionLost(error)) await new Promise((resolve) => setTimeout(resolve, CLOSE_FOLLOWS_MS));
        if (isClosed) await new Promise(() => {});
        throw error;
      }
    });
    return result!;
  } finally {
    isClosed = true;
  }
}

function modeOf({ isolation = "read committed", readOnly = false }: TransactionOptions<unknown>): string {
  return `isolation level ${isolation} ${readOnly ? "read only" : "read write"}`;
}

async function askedBefore(transaction: Transaction, isSettled: boolean): Promise<Commit> {
  // Work that can settle itself asks only for what costs nothing.
  const [commit] = isSettled
    ? await transaction<Commit[]>`select pg_current_xact_id_if_assigned()::text as xid, null as run`
    : await transaction<Commit[]>`
      select pg_current_xact_id_if_assigned()::text as xid,
        (select backend_start::text from pg_stat_activity where backend_type = 'checkpointer') as run`;
  return commit;
}

/**
 * What became of a transaction whose commit was not answered. `aborted` and a number that the server has not given yet
 * are certain; `committed` is, unless the server has crashed since and given the number again.
 */
async function outcomeOf<T>(
  sql: Sql,
  { xid, run }: Commit,
  { settle }: TransactionOptions<T>,
  deadlineMs: number,
  lost: unknown,
): Promise<"done" | "undone" | { readonly found: T }> {
  for (let attempt = 0; performance.now() < deadlineMs; attempt++) {
    try {
      const [{ status, now }] = await sql<{ status: string | null; now: string | null }[]>`
        select pg_xact_status(${xid}::xid8) as status,
          (select backend_start::text from pg_stat_activity where backend_type = 'checkpointer') as now`;
      if (status === "aborted") return "undone";
      if (status === "committed" && run !== null && now === run) return "done";
      if (status !== "in progress") {
        if (settle === undefined) throw new CommitUnknown(lost);
        const found = await inTransaction(sql, settle, { readOnly: true });
        return found === undefined ? "undone" : { found };
      }
    } catch (error) {
      if ((error as { code?: string }).code === "22023") return "undone"; // a number that was never given, or not kept
      if (!isConnectionLost(error)) throw error;
    }
    await pause(attempt);
  }
  throw new CommitUnknown(lost);
}

/** Longer each time, up to half a second, and never the same for two that are in each other's way. */
function pause(attempt: number): Promise<void> {
  const longestMs = Math.min(10 * 2 ** Math.min(attempt, 6), 500);
  return new Promise((resolve) => setTimeout(resolve, longestMs * (0.5 + Math.random() / 2)));
}
