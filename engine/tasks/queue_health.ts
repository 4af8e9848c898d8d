import type { Sql } from "../database/mod.ts";
import { BOSS_SCHEMA } from "./task_queue.ts";

/** How the queue of a database is doing. */
export interface QueueHealth {
  /** Processes that work on it and have been heard of lately. */
  readonly workers: number;
  readonly schedulers: number;
  readonly waiting: number;
  readonly active: number;
  readonly failed: number;
}

/** Looks, and changes nothing; null where there is no queue in the database yet. */
export async function queueHealth(sql: Sql): Promise<QueueHealth | null> {
  const [{ table }] = await sql`select to_regclass(${`${BOSS_SCHEMA}.instance`})::text as table`;
  if (table === null) return null;
  const schema = sql(BOSS_SCHEMA);
  const [health] = await sql<QueueHealth[]>`
    with live as (
      select name from ${schema}.instance
      where stopped_on is null and heartbeat_on > now() - 3 * heartbeat_seconds * interval '1 second'
    ), jobs as (select state::text as state from ${schema}.job where name not like '\\_\\_pgboss%')
    select (select count(*) from live where name = 'worker')::int as workers,
      (select count(*) from live where name = 'scheduler')::int as schedulers,
      (select count(*) from jobs where state in ('created', 'retry'))::int as waiting,
      (select count(*) from jobs where state = 'active')::int as active,
      (select count(*) from jobs where state = 'failed')::int as failed`;
  return health!;
}
