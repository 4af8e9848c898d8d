// PostgreSQL in a simulated time: its clock is the world's, and time stands still while it works.
import type { Sql } from "../../engine/database/mod.ts";
import { poolTo } from "../../engine/database/pool.ts";
import type { Outcome } from "../../engine/errors/mod.ts";
import type { HeldLease, LeaseKeeper, OtherHolder } from "../../engine/live/session_lease.ts";
import type { SessionBatch, SessionStore } from "../../engine/live/session_store.ts";
import { PostgresLease, PostgresSession, type SessionScope } from "../../engine/live/postgres_session.ts";
import type { WorldProcess } from "../../engine/live/world/world_process.ts";

/** A function of that name stands before PostgreSQL's own for whoever looks there first. */
const CLOCK = `
  create schema if not exists simulated;
  create or replace function simulated.clock_timestamp() returns timestamptz language sql volatile as
    $$ select to_timestamp(current_setting('simulated.now_ms')::float8 / 1000) $$`;
/** The client waits so long for an answer, and hears then that there is none. */
const TIMEOUT_MS = 2_000, BELIEVED_MS = 500;

/** One node's connection. */
export class VirtualDatabase {
  readonly sql: Sql;
  readonly #pending = new Set<Promise<unknown>>();

  private constructor(url: string) {
    this.sql = poolTo(url, { connections: 1 });
  }

  static async open(url: string): Promise<VirtualDatabase> {
    const own = new VirtualDatabase(url);
    await own.sql.unsafe(CLOCK).catch(() => {}); // another node makes it at the same time
    await own.sql.unsafe("set search_path = simulated, crypto_trader, pg_catalog");
    // What a crash leaves is tried elsewhere: here it is who is let in.
    await own.sql.unsafe("set synchronous_commit = off");
    return own;
  }

  /** Lets the server's clock show a moment. */
  async at(nowMs: number): Promise<void> {
    await this.sql`select set_config('simulated.now_ms', ${`${nowMs}`}, false)`;
  }

  /** True while a call has no answer yet. */
  get isBusy(): boolean {
    return this.#pending.size > 0;
  }

  /** Does work on it, which takes no time. */
  during<T>(work: () => Promise<T>): Promise<T> {
    const own = work();
    this.#pending.add(own);
    const over = () => this.#pending.delete(own);
    own.then(over, over);
    return own;
  }

  /** Waits for the calls that are under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  async close(): Promise<void> {
    await this.sql.end({ timeout: 1 });
  }
}

/** What becomes of a call on its way. */
export type Passage = "through" | "request lost" | "answer lost";

/** A process's way to it: what comes back reaches the process when it can hear. */
export class VirtualLine implements LeaseKeeper {
  readonly #lease: PostgresLease;
  private refused: { readonly holder: OtherHolder; readonly atMs: number } | null = null;

  constructor(
    readonly database: VirtualDatabase,
    readonly process: WorldProcess,
    readonly scope: SessionScope,
    readonly passage: () => Passage,
  ) {
    this.#lease = new PostgresLease(database.sql, scope.account, process.name);
  }

  /** Who was told that another one leads believes it for a moment: most of the time there is nothing else to do. */
  async acquire(ttlMs: number): Promise<Outcome<HeldLease | OtherHolder>> {
    const { refused, process } = this, nowMs = process.monotonic();
    if (refused !== null && nowMs - refused.atMs < BELIEVED_MS) return { kind: "done", value: refused.holder };
    const outcome = await this.#timed(ttlMs, () => this.#lease.acquire(ttlMs));
    const isRefused = outcome.kind === "done" && !("validUntilMs" in outcome.value);
    this.refused = isRefused ? { holder: outcome.value as OtherHolder, atMs: nowMs } : null;
    return outcome;
  }

  renew(held: HeldLease, ttlMs: number): Promise<Outcome<HeldLease>> {
    return this.#timed(ttlMs, () => this.#lease.renew(held, ttlMs));
  }

  release(held: HeldLease): Promise<Outcome<void>> {
    return this.#call(() => this.#lease.release(held));
  }

  storeOf(epoch: number): SessionStore {
    const store = new PostgresSession(this.database.sql, this.scope, this.#lease, epoch);
    return {
      commit: (batch: SessionBatch) => this.#call(() => store.commit(batch)),
      load: () => this.#call(() => store.load()),
      known: (names: readonly string[]) => this.#call(() => store.known(names)),
    };
  }

  /** A lease counts from before it was asked for, by the monotonic clock of the world. */
  async #timed<T extends HeldLease | OtherHolder>(ttlMs: number, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const askedMs = this.process.monotonic();
    const outcome = await this.#call(async () => {
      await this.database.at(this.process.world.now());
      return await work();
    });
    if (outcome.kind !== "done" || !("validUntilMs" in outcome.value)) return outcome;
    return { kind: "done", value: { ...outcome.value, validUntilMs: askedMs + ttlMs } };
  }

  #call<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const { process, database } = this, passage = this.passage();
    return new Promise((resolve, reject) => {
      if (passage === "request lost") {
        return void process.after(TIMEOUT_MS, () => resolve({ kind: "notSent", reason: "no connection" }));
      }
      database.during(work).then((outcome) => {
        if (passage === "through") return process.deliver(() => resolve(outcome));
        process.after(TIMEOUT_MS, () => resolve({ kind: "unknown", reason: "the connection was lost at the commit" }));
      }, reject);
    });
  }
}
