// A session's memory and its lease in PostgreSQL: one transaction for each turn, under the lease's row (I1, I7).
import type { Outcome } from "../errors/mod.ts";
import {
  acquireLease,
  CommitUnknown,
  endStandstills,
  inTransaction,
  isConnectionLost,
  isHeld as isLeaseHeld,
  type Lease,
  LeaseLost,
  releaseLease,
  renewLease,
  type Sql,
  type Transaction,
  underLease,
} from "../database/mod.ts";
import {
  appendInputs,
  countInputs,
  keepSnapshot,
  knownOrders,
  readBatchRows,
  readInputs,
  readSessionLog,
  recordAdjustment,
  recordBatch,
  type Scope,
} from "../journal/mod.ts";
import { crashPoint } from "../time/mod.ts";
import type { HeldLease, LeaseKeeper, OtherHolder } from "./session_lease.ts";
import { EARLIER_INPUTS, gapIn, type SavedSession, type SessionBatch, type SessionStore } from "./session_store.ts";

/** Longer than the row of a lease is locked where all is well. */
const LOCKED_MS = 1_000;
/** So long a call is tried before the session hears that the database is away. */
const PATIENCE_MS = 2_000;

/** Whose session it is. */
export type SessionScope = Omit<Scope, "lease">;

/** The account's lease row, held by this process. */
export class PostgresLease implements LeaseKeeper {
  constructor(readonly sql: Sql, readonly name: string, readonly holder: string) {}

  async acquire(ttlMs: number): Promise<Outcome<HeldLease | OtherHolder>> {
    crashPoint("before lease acquire");
    const taken = await told(() => this.#take(ttlMs));
    crashPoint("after lease acquire");
    return taken;
  }

  async #take(ttlMs: number): Promise<HeldLease | OtherHolder> {
    try {
      return await inTransaction(this.sql, async (tx) => {
        const [isClean] = await Promise.all([
          wasGivenBack(tx, this.name),
          tx`select set_config('lock_timeout', ${`${LOCKED_MS}`}, true)`,
        ]);
        const taken = await acquireLease(tx, { name: this.name, holder: this.holder, ttlMs });
        return isLeaseHeld(taken) ? { ...taken, isClean } : taken;
      }, { patienceMs: PATIENCE_MS, attempts: 1 });
    } catch (error) {
      // Whoever keeps the row locked may have been stopped in the middle of a statement, and never go on (fault 55).
      if (isTimeout(error)) await endStandstills(this.sql);
      throw error;
    }
  }

  async renew(held: HeldLease, ttlMs: number): Promise<Outcome<HeldLease>> {
    crashPoint("before lease renew");
    const renewed = await told(async () => {
      const { validUntilMs } = await inTransaction(this.sql, (tx) => renewLease(tx, this.#lease(held), ttlMs), {
        patienceMs: PATIENCE_MS,
      });
      return { ...held, validUntilMs };
    });
    crashPoint("after lease renew");
    return renewed;
  }

  async release(held: HeldLease): Promise<Outcome<void>> {
    crashPoint("before lease release");
    const released = await told(() =>
      inTransaction(this.sql, (tx) => releaseLease(tx, this.#lease(held)), { patienceMs: PATIENCE_MS })
    );
    crashPoint("after lease release");
    return released;
  }

  #lease({ epoch, validUntilMs }: HeldLease): Lease {
    return { name: this.name, holder: this.holder, epoch, validUntilMs };
  }
}

/** True where nobody has held it yet, or the last holder gave it back: nothing of theirs is on its way. */
async function wasGivenBack(tx: Transaction, name: string): Promise<boolean> {
  const [row] = await tx<
    { given: boolean }[]
  >`select expires_at = '-infinity' as given from leases where name = ${name}`;
  return row?.given ?? true;
}

/** The memory of a session under one epoch. */
export class PostgresSession implements SessionStore {
  readonly #scope: Scope;

  constructor(readonly sql: Sql, scope: SessionScope, { name, holder }: PostgresLease, epoch: number) {
    this.#scope = { ...scope, lease: { name, holder, epoch, validUntilMs: 0 } };
  }

  async commit(batch: SessionBatch): Promise<Outcome<void>> {
    const written = await told(() =>
      inTransaction(this.sql, (tx) => this.#write(tx, batch), { patienceMs: PATIENCE_MS, isRepeated: true })
    );
    if (written.kind !== "done") return written;
    return written.value ?? { kind: "done", value: undefined };
  }

  load(): Promise<Outcome<SavedSession>> {
    return told(() =>
      inTransaction(this.sql, (tx) => this.#read(tx), {
        isolation: "repeatable read",
        readOnly: true,
        patienceMs: PATIENCE_MS,
      })
    );
  }

  known(names: readonly string[]): Promise<Outcome<ReadonlySet<string>>> {
    return told(() =>
      inTransaction(this.sql, (tx) => knownOrders(tx, this.#scope.account, names), { patienceMs: PATIENCE_MS })
    );
  }

  async #read(tx: Transaction): Promise<SavedSession> {
    const { sessionId } = this.#scope, log = await readSessionLog(tx, sessionId), after = log.snapshot?.after ?? 0;
    return { ...log, earlier: await readInputs(tx, sessionId, Math.max(0, after - EARLIER_INPUTS), after) };
  }

  /** Null, or why nothing was written. All reads are asked for at once, then all writes: each wait for an answer counts. */
  async #write(tx: Transaction, batch: SessionBatch): Promise<Outcome<never> | null> {
    const scope = this.#scope, { first, inputs } = batch, { sessionId } = scope;
    const [, length, there] = await Promise.all([
      underLease(tx, scope.lease),
      countInputs(tx, sessionId),
      readBatchRows(tx, scope, batch),
    ]);
    crashPoint("in commit: lease held");
    if (first + inputs.length <= length) return null; // committed before, and the answer was lost
    if (first !== length) return gapIn(length, batch);
    const after = first + inputs.length,
      adjust = async () => {
        for (const adjustment of batch.adjustments) await recordAdjustment(tx, scope, adjustment);
      };
    await Promise.all([
      recordBatch(tx, scope, batch, there),
      adjust(),
      appendInputs(tx, sessionId, first, inputs),
      ...(batch.snapshot === null ? [] : [keepSnapshot(tx, sessionId, after, batch.snapshot)]),
    ]);
    crashPoint("in commit: inputs written");
    return null;
  }
}

/** What is known after a call to the database. */
async function told<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: "done", value: await call() };
  } catch (error) {
    const reason = (error as Error).message;
    if (error instanceof LeaseLost) return { kind: "refused", code: error.code, reason };
    if (error instanceof CommitUnknown) return { kind: "unknown", reason };
    if (isConnectionLost(error) || isTimeout(error)) return { kind: "notSent", reason };
    throw error;
  }
}

/** A statement or a lock took too long: nothing of the transaction is there. */
function isTimeout(error: unknown): boolean {
  return ["57014", "55P03", "40001", "40P01", "53300"].includes(String((error as { code?: unknown }).code));
}
