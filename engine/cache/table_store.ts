import { type Sql, type Transaction, tryTransaction } from "../database/mod.ts";
import { sha256Hex } from "../identity/mod.ts";
import {
  type CacheStore,
  type ClaimAnswer,
  type Holder,
  type Listener,
  type PutOptions,
  type StoreState,
} from "./cache_store.ts";
import { DAYS_KEPT, MEMBERS_TTL_MS } from "./day_members.ts";
import { Deadline, USUAL_DEADLINE_MS } from "./deadline.ts";
import { type Hint, known, mapHint, unknown } from "./hint.ts";
import { checkedMessage } from "./message_size.ts";
import { TableListeners } from "./table_listeners.ts";

/** How the tables are used. */
export interface TableStoreOptions {
  /** Tests and installations that share a database have different ones. */
  readonly namespace?: string;
  readonly deadlineMs?: number;
}

/** After so many values that were put, those that have lapsed are removed. */
const PUTS_BETWEEN_SWEEPS = 1_000;

interface ClaimRow {
  readonly owner: string;
  readonly about: string;
  readonly since_ms: number;
  readonly expires_in_ms: number;
}

/**
 * The cache in unlogged tables and LISTEN/NOTIFY, where there is no Redis. A crash of the server empties the tables, as
 * a restart empties Redis. Times are the server's own.
 */
export class TableStore implements CacheStore {
  readonly form = "tables";
  readonly #sql: Sql;
  readonly #namespace: string;
  readonly #deadline: Deadline;
  readonly #listeners: TableListeners;
  #puts = 0;

  /** @param sql A pool of its own or a shared one, on a database that has been migrated; it is not closed here. */
  constructor(
    sql: Sql,
    { namespace = "crypto-trader", deadlineMs = USUAL_DEADLINE_MS }: TableStoreOptions = {},
  ) {
    this.#sql = sql;
    this.#namespace = namespace;
    this.#deadline = new Deadline("the database", deadlineMs);
    this.#listeners = new TableListeners(sql, (topic) => this.#channel(topic));
  }

  put(key: string, text: string, { ttlMs, order, topic }: PutOptions): Promise<Hint<boolean>> {
    if (topic !== undefined) checkedMessage(text);
    const channel = topic === undefined ? "" : this.#channel(topic);
    if (this.#puts++ % PUTS_BETWEEN_SWEEPS === 0) void this.#ask((sql) => this.#sweep(sql));
    return this.#ask(async (sql) => {
      const [{ count }] = await sql<{ count: number }[]>`
        with put as (
          insert into cache_values as v (namespace, key, text, ordering, expires_at)
          values (${this.#namespace}, ${key}, ${text}, ${order ?? null}, clock_timestamp() + ${ttlMs} * interval '1 ms')
          on conflict (namespace, key) do update
            set text = excluded.text, ordering = excluded.ordering, expires_at = excluded.expires_at
            where v.expires_at <= clock_timestamp() or v.ordering is null or excluded.ordering is null
              or v.ordering <= excluded.ordering
          returning 1
        ), told as (select pg_notify(${channel}, ${text}) from put where ${channel} <> '')
        select (select count(*) from put)::int as count, (select count(*) from told)::int as told`;
      return count === 1;
    });
  }

  get(key: string): Promise<Hint<string | null>> {
    return this.#ask(async (sql) => {
      const [row] = await sql<{ text: string }[]>`
        select text from cache_values
        where namespace = ${this.#namespace} and key = ${key} and expires_at > clock_timestamp()`;
      return row?.text ?? null;
    });
  }

  list(folder: string): Promise<Hint<ReadonlyMap<string, string>>> {
    return this.#ask(async (sql) => {
      const rows = await sql<{ key: string; text: string }[]>`
        select key, text from cache_values
        where namespace = ${this.#namespace} and starts_with(key, ${`${folder}/`}) and expires_at > clock_timestamp()`;
      return new Map(rows.map(({ key, text }) => [key, text]));
    });
  }

  remove(key: string): Promise<Hint<boolean>> {
    return this.#ask(async (sql) => {
      const [row] = await sql<{ is_live: boolean }[]>`
        delete from cache_values where namespace = ${this.#namespace} and key = ${key}
        returning expires_at > clock_timestamp() as is_live`;
      return row?.is_live ?? false;
    });
  }

  swap(key: string, expected: string | null, text: string, ttlMs: number): Promise<Hint<boolean>> {
    return this.#ask(async (sql) => {
      const expiry = sql`clock_timestamp() + ${ttlMs} * interval '1 ms'`;
      const rows = expected === null
        ? await sql`
          insert into cache_values as v (namespace, key, text, expires_at)
          values (${this.#namespace}, ${key}, ${text}, ${expiry})
          on conflict (namespace, key) do update
            set text = excluded.text, ordering = null, expires_at = excluded.expires_at
            where v.expires_at <= clock_timestamp()
          returning 1`
        : await sql`
          update cache_values set text = ${text}, expires_at = ${expiry}
          where namespace = ${this.#namespace} and key = ${key} and text = ${expected}
            and expires_at > clock_timestamp()
          returning 1`;
      return rows.length === 1;
    });
  }

  claim(key: string, owner: string, about: string, ttlMs: number): Promise<Hint<ClaimAnswer>> {
    return this.#ask(async (sql) => {
      for (;;) {
        const [own] = await sql<(ClaimRow & { is_new: boolean })[]>`
          with present as materialized (select clock_timestamp() as at)
          insert into cache_claims as c (namespace, key, owner, about, since, expires_at)
          select ${this.#namespace}, ${key}, ${owner}, ${about}, at, at + ${ttlMs} * interval '1 ms' from present
          on conflict (namespace, key) do update
            set owner = excluded.owner, about = excluded.about, expires_at = excluded.expires_at,
              since = case when c.expires_at > clock_timestamp() then c.since else excluded.since end
            where c.owner = excluded.owner or c.expires_at <= clock_timestamp()
          returning ${claimColumns(sql)}, since = expires_at - ${ttlMs} * interval '1 ms' as is_new`;
        if (own !== undefined) return { kind: own.is_new ? "taken" : "renewed", holder: holderOf(own) };
        const [other] = await sql<ClaimRow[]>`
          select ${claimColumns(sql)} from cache_claims
          where namespace = ${this.#namespace} and key = ${key} and expires_at > clock_timestamp()`;
        if (other !== undefined) return { kind: "refused", holder: holderOf(other) };
      }
    });
  }

  release(key: string, owner: string): Promise<Hint<boolean>> {
    return this.#ask(async (sql) => {
      const [row] = await sql<{ is_live: boolean }[]>`
        delete from cache_claims where namespace = ${this.#namespace} and key = ${key} and owner = ${owner}
        returning expires_at > clock_timestamp() as is_live`;
      return row?.is_live ?? false;
    });
  }

  holders(folder: string): Promise<Hint<ReadonlyMap<string, Holder>>> {
    return this.#ask(async (sql) => {
      const rows = await sql<(ClaimRow & { key: string })[]>`
        select key, ${claimColumns(sql)} from cache_claims
        where namespace = ${this.#namespace} and starts_with(key, ${`${folder}/`}) and expires_at > clock_timestamp()`;
      return new Map(rows.map((row) => [row.key, holderOf(row)]));
    });
  }

  async add(key: string, day: number, members: readonly string[], how: "known" | "restore"): Promise<Hint<number>> {
    const namespace = this.#namespace, expiry = this.#sql`clock_timestamp() + ${MEMBERS_TTL_MS} * interval '1 ms'`;
    return counted(
      await this.#ask((sql) =>
        tryTransaction(sql, "", async (tx) => {
          // The row of the set is locked until the end, so that additions come one after another.
          const [set] = how === "known"
            ? await tx<{ first_day: number }[]>`
              update cache_days set expires_at = ${expiry}, first_day = greatest(first_day, ${day - DAYS_KEPT})
              where namespace = ${namespace} and key = ${key} and first_day <= ${day} and expires_at > clock_timestamp()
              returning first_day`
            : await tx<{ first_day: number }[]>`
              insert into cache_days as d (namespace, key, first_day, expires_at)
              values (${namespace}, ${key}, ${day}, ${expiry})
              on conflict (namespace, key) do update set expires_at = excluded.expires_at, first_day = case
                when d.expires_at <= clock_timestamp() then ${day}
                else greatest(least(d.first_day, ${day}), ${day - DAYS_KEPT}) end
              returning first_day`;
          if (set === undefined) return null;
          await tx`delete from cache_members where namespace = ${namespace} and key = ${key} and day < ${set.first_day}`;
          await tx`
            insert into cache_members (namespace, key, member, day)
            select ${namespace}, ${key}, member, ${day} from unnest(${members as string[]}::text[]) as member
            on conflict do nothing`;
          return await this.#counted(tx, key, day);
        })
      ),
    );
  }

  async count(key: string, day: number): Promise<Hint<number>> {
    return counted(
      await this.#ask(async (sql) => {
        const [set] = await sql`
          select 1 from cache_days where namespace = ${this.#namespace} and key = ${key} and first_day <= ${day}
            and expires_at > clock_timestamp()`;
        return set === undefined ? null : await this.#counted(sql, key, day);
      }),
    );
  }

  async publish(topic: string, text: string): Promise<Hint<void>> {
    checkedMessage(text);
    return mapHint(await this.#ask((sql) => sql`select pg_notify(${this.#channel(topic)}, ${text})`), () => {});
  }

  async subscribe(topic: string, listener: Listener): Promise<Hint<void>> {
    return await this.#deadline.hint(() => this.#listeners.subscribe(topic, listener));
  }

  async unsubscribe(topic: string, listener: Listener): Promise<void> {
    await this.#deadline.hint(() => this.#listeners.unsubscribe(topic, listener));
  }

  async state(): Promise<Hint<StoreState>> {
    const startMs = performance.now();
    return mapHint(await this.#ask((sql) => sql`show server_version`), ([{ server_version: version }]) => ({
      version,
      latencyMs: performance.now() - startMs,
    }));
  }

  async close(): Promise<void> {
    await this.#deadline.hint(() => this.#listeners.close());
  }

  async #counted(sql: Sql | Transaction, key: string, day: number): Promise<number> {
    const [{ count }] = await sql<{ count: number }[]>`
      select count(*)::int as count from cache_members
      where namespace = ${this.#namespace} and key = ${key} and day = ${day}`;
    return count;
  }

  #sweep(sql: Sql) {
    return sql`delete from cache_values where expires_at <= clock_timestamp()`;
  }

  /** A name that PostgreSQL takes, for a topic of any signs and length. */
  #channel(topic: string): string {
    return `cache_${sha256Hex(`${this.#namespace}/${topic}`).slice(0, 40)}`;
  }

  #ask<T>(question: (sql: Sql) => PromiseLike<T>): Promise<Hint<T>> {
    return this.#deadline.hint(async () => await question(this.#sql));
  }
}

function claimColumns(sql: Sql) {
  return sql`owner, about, (extract(epoch from since) * 1000)::float8 as since_ms,
    (extract(epoch from expires_at - clock_timestamp()) * 1000)::float8 as expires_in_ms`;
}

function holderOf({ owner, about, since_ms, expires_in_ms }: ClaimRow): Holder {
  return { owner, about, sinceMs: Math.floor(since_ms), expiresInMs: Math.ceil(expires_in_ms) };
}

function counted(answer: Hint<number | null>): Hint<number> {
  if (answer.kind === "unknown") return answer;
  if (answer.value === null) {
    return unknown("emptied", "the tables have lost the members of that day, or never had them");
  }
  return known(answer.value);
}
