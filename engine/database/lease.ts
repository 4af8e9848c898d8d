// Leadership: one row a lease, whose epoch grows by one with each new holder and never falls. What is written under an
// old epoch is refused by the row itself, whatever clocks and pauses do (I7, docs/reliability.md, Leadership).
import { CodedError } from "../errors/mod.ts";
import type { Sql, Transaction } from "./pool.ts";

/** A lease that is held. */
export interface Lease {
  readonly name: string;
  /** The fencing token. */
  readonly epoch: number;
  readonly holder: string;
  /**
   * Until when it holds for sure, on the monotonic clock of this process: counted from before it was asked for, so never
   * later than what the database believes.
   */
  readonly validUntilMs: number;
}

/** Who has a lease that was not given. */
export interface TakenLease {
  readonly epoch: number;
  readonly holder: string;
  readonly expiresAtMs: number;
}

/**
 * Longer than a process takes from one word to the next within a transaction, and shorter than a lease: who stands still for
 * so long must not keep its successor from the lease's row.
 */
export const STANDS_STILL_MS = 2_000;

/** A monotonic clock, in milliseconds: `performance.now`. */
export type Monotonic = () => number;

/** Somebody else leads by now: nothing was written. */
export class LeaseLost extends CodedError {
  override readonly name = "LeaseLost";
  constructor({ name, epoch }: Lease, readonly current: number | null) {
    super(
      "lease-lost",
      `epoch ${epoch} of ${name} is over${current === null ? "" : `, epoch ${current} leads`}: stop, and read only`,
    );
  }
}

/**
 * Takes a lease that is free or has run out, under the next epoch.
 *
 * @param holder A name that no other process has, for people to read: host, process, start.
 * @returns Who has it, where it is taken.
 */
export async function acquireLease(
  transaction: Transaction,
  { name, holder, ttlMs }: { readonly name: string; readonly holder: string; readonly ttlMs: number },
  monotonic: Monotonic = () => performance.now(),
): Promise<Lease | TakenLease> {
  const askedMs = monotonic();
  const [taken] = await transaction<{ epoch: number }[]>`
    insert into leases as held (name, epoch, holder, acquired_at, expires_at)
    values (${name}, 1, ${holder}, clock_timestamp(), clock_timestamp() + ${ttlMs} * interval '1 millisecond')
    on conflict (name) do update set epoch = held.epoch + 1, holder = excluded.holder,
      acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
    where held.expires_at <= clock_timestamp()
    returning epoch`;
  if (taken !== undefined) return { name, epoch: taken.epoch, holder, validUntilMs: askedMs + ttlMs };
  return (await readLease(transaction, name))!;
}

/** Who has had a lease last, until moment 0 where it was given back; undefined where nobody ever had it. */
export async function readLease(sql: Sql | Transaction, name: string): Promise<TakenLease | undefined> {
  // What was given back ends at minus infinity, which is no number of milliseconds.
  const [lease] = await sql<TakenLease[]>`
    select epoch, holder, (extract(epoch from greatest(expires_at, 'epoch')) * 1000)::bigint as "expiresAtMs"
    from leases where name = ${name}`;
  return lease;
}

/** True of a lease that was given. */
export function isHeld(lease: Lease | TakenLease): lease is Lease {
  return "validUntilMs" in lease;
}

/**
 * Makes a lease last longer, also one that ran out and that nobody has taken.
 *
 * @throws {LeaseLost} when somebody has.
 */
export async function renewLease(
  transaction: Transaction,
  lease: Lease,
  ttlMs: number,
  monotonic: Monotonic = () => performance.now(),
): Promise<Lease> {
  const askedMs = monotonic();
  const renewed = await transaction`
    update leases set expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    where name = ${lease.name} and epoch = ${lease.epoch} and holder = ${lease.holder}`;
  if (renewed.count === 0) throw new LeaseLost(lease, null);
  return { ...lease, validUntilMs: askedMs + ttlMs };
}

/** Gives a lease back; its epoch stays used. Nothing where it is over already. */
export async function releaseLease(transaction: Transaction, lease: Lease): Promise<void> {
  await transaction`update leases set expires_at = '-infinity'
    where name = ${lease.name} and epoch = ${lease.epoch} and holder = ${lease.holder}`;
}

/**
 * Holds the lease's row until the transaction ends: what is written in it is written under this epoch, and the next
 * leader waits for it.
 *
 * @throws {LeaseLost} under a later epoch.
 */
export async function underLease(transaction: Transaction, lease: Lease): Promise<void> {
  const [row] = await transaction<{ epoch: number }[]>`select epoch from leases where name = ${lease.name} for share`;
  if (row?.epoch !== lease.epoch) throw new LeaseLost(lease, row?.epoch ?? null);
}

/**
 * Ends the connections of processes that stand still in the middle of a statement while they hold the row of a lease, and
 * tells how many there were. The server's own limits do not reach them: one that waits for the rest of a question does not
 * count as idle, and no statement is cancelled while the server reads from its client.
 */
export async function endStandstills(sql: Sql, standsStillMs = STANDS_STILL_MS): Promise<number> {
  const ended = await sql`
    select pg_terminate_backend(pid) from pg_stat_activity as other
    where datname = current_database() and usename = current_user and state = 'active' and wait_event = 'ClientRead'
      and query_start < clock_timestamp() - ${standsStillMs} * interval '1 millisecond'
      and exists (
        select from pg_locks where pid = other.pid and granted and relation = 'leases'::regclass
          and database = (select oid from pg_database where datname = current_database())
      )`;
  return ended.length;
}
