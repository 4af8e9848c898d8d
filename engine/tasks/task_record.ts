import type { JobStates } from "pg-boss";
import type { TaskProgress } from "./task_tables.ts";

/** As pg-boss names them: `created` waits, `retry` waits for another attempt. */
export type TaskState = keyof JobStates;

/** A task in the queue, as commands and pages show it: plain data. Moments are ISO texts, UTC. */
export interface TaskRecord {
  readonly id: string;
  readonly name: string;
  readonly state: TaskState;
  /** Attempts that have begun. */
  readonly attempts: number;
  readonly mostAttempts: number;
  /** What was given when it was put in, so that it is there once. */
  readonly key: string | null;
  readonly payload: unknown;
  readonly progress: TaskProgress | null;
  readonly createdAt: string;
  /** It is not begun before. */
  readonly notBefore: string;
  /** Of the last attempt. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly result: unknown;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** A row of the queue's table with what is kept beside it. */
export interface TaskRow {
  readonly id: string;
  readonly name: string;
  readonly state: TaskState;
  readonly retry_count: number;
  readonly retry_limit: number;
  readonly singleton_key: string | null;
  readonly data: unknown;
  readonly output: Record<string, unknown> | null;
  readonly created_on: Date;
  readonly start_after: Date;
  readonly started_on: Date | null;
  readonly completed_on: Date | null;
  readonly done: number | null;
  readonly total: number | null;
  readonly note: string | null;
}

/** The row as it is shown. */
export function taskRecord(row: TaskRow): TaskRecord {
  const { id, name, state, done, total, note, output } = row;
  return {
    id,
    name,
    state,
    attempts: row.started_on === null ? 0 : row.retry_count + 1,
    mostAttempts: row.retry_limit + 1,
    key: row.singleton_key,
    payload: row.data,
    progress: done === null || total === null ? null : { done, total, note },
    createdAt: row.created_on.toISOString(),
    notBefore: row.start_after.toISOString(),
    startedAt: row.started_on?.toISOString() ?? null,
    endedAt: row.completed_on?.toISOString() ?? null,
    result: state === "completed" ? output?.result ?? null : null,
    error: state === "completed" || output === null ? null : errorOf(output),
  };
}

/** What a worker says of a failure, or pg-boss of a worker. */
export function errorOf(output: Record<string, unknown>): { code: string; message: string } {
  const { code, message, value } = output as { code?: string; message?: string; value?: { message?: string } };
  return { code: code ?? "lost", message: message ?? value?.message ?? JSON.stringify(output) };
}
