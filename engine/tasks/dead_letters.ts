// Tasks that have failed for good, for whoever tells people of them. Several may look: each letter is told by one of them.
import type { Sql } from "../database/mod.ts";
import { BOSS_SCHEMA, DEAD_LETTERS } from "./task_queue.ts";
import { errorOf } from "./task_record.ts";

/** Letters that are taken at once. */
const TAKEN_MOST = 100;
/** Who has taken a letter and has not said so again for so long is gone; the letter is free. */
const CLAIM_SECONDS = 600;

/** A task that has failed for good, and is tried again by hand only. */
export interface DeadLetter {
  /** Of the letter; a task that fails for good once more has another one. */
  readonly id: string;
  readonly task: string;
  /** The kind of the task. */
  readonly name: string;
  readonly error: { readonly code: string; readonly message: string };
  readonly atMs: number;
}

/**
 * Letters of which nobody has been told, oldest first, taken for this caller: nobody else gets them until they are noted,
 * or ten minutes have gone by. None where there is no queue in the database yet.
 */
export async function takeDeadLetters(sql: Sql): Promise<DeadLetter[]> {
  const [{ table }] = await sql`select to_regclass(${`${BOSS_SCHEMA}.job`})::text as table`;
  if (table === null) return [];
  const jobs = sql`${sql(BOSS_SCHEMA)}.job`;
  const rows = await sql`
    with taken as (
      insert into task_effects (key)
      select 'dead letter ' || j.id from ${jobs} j left join task_effects e on e.key = 'dead letter ' || j.id
      where j.name = ${DEAD_LETTERS} and j.source_id is not null
        and (e.key is null or (e.result is null and e.at < now() - make_interval(secs => ${CLAIM_SECONDS})))
      order by j.created_on limit ${TAKEN_MOST}
      on conflict (key) do update set at = now()
        where task_effects.result is null and task_effects.at < now() - make_interval(secs => ${CLAIM_SECONDS})
      returning key
    )
    select j.id, j.source_id, j.source_name, j.source_output, j.created_on
    from ${jobs} j join taken on taken.key = 'dead letter ' || j.id where j.name = ${DEAD_LETTERS} order by j.created_on`;
  return rows.map(({ id, source_id, source_name, source_output, created_on }) => ({
    id,
    task: source_id,
    name: source_name ?? "task",
    error: errorOf(source_output ?? {}),
    atMs: created_on.getTime(),
  }));
}

/**
 * Notes that people have been told of a letter; or that nothing was sent, and somebody should take it again at once. Where
 * sending it has failed nothing is to be noted: it is free again once its claim has lapsed.
 */
export async function noteDeadLetter(sql: Sql, { id }: Pick<DeadLetter, "id">, isTold: boolean): Promise<void> {
  const key = `dead letter ${id}`;
  if (isTold) await sql`update task_effects set result = '"told"', at = now() where key = ${key}`;
  else await sql`delete from task_effects where key = ${key} and result is null`;
}
