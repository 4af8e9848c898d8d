import type { z } from "zod";
import type { Transaction } from "../database/mod.ts";
import { InputError } from "../errors/mod.ts";

/** What a task has at hand while it is worked on. */
export interface TaskContext {
  readonly id: string;
  /** 1 for the first one. */
  readonly attempt: number;
  /** Aborted when the task is cancelled, has taken too long, or was given to another worker. Long work ends with it. */
  readonly signal: AbortSignal;
  /** Says how far it is, for whoever asks; seldom written however often it is called. */
  progress(done: number, total: number, note?: string): void;
  /**
   * Has an effect on the database once for this task, however many attempts it takes: the effect and the row that says so
   * are one transaction, and an attempt that finds the row gives its result without doing anything.
   *
   * @param effect What is to happen on the transaction; its result is plain data.
   */
  once<Result>(effect: (transaction: Transaction) => Promise<Result>): Promise<Result>;
}

/** How long a task may take, and how often it is tried. */
export interface TaskLimits {
  /** An attempt that takes longer has failed. */
  readonly timeoutSeconds: number;
  /** A worker that has not been heard of for so long is taken to be dead; at least 10, null where the timeout is enough. */
  readonly heartbeatSeconds: number | null;
  /** Attempts after the first one. */
  readonly retries: number;
  /** Before the second attempt; doubled for each further one up to the longest, with some chance in it. */
  readonly retryDelaySeconds: number;
  readonly longestDelaySeconds: number;
  /** Small tasks that one worker takes, and settles, together. */
  readonly batch: number;
}

/** Limits of a task that states none. */
export const USUAL_LIMITS: TaskLimits = {
  timeoutSeconds: 900,
  heartbeatSeconds: 20,
  retries: 3,
  retryDelaySeconds: 5,
  longestDelaySeconds: 300,
  batch: 1,
};

/** A kind of work that can be put into the queue. */
export interface Task<Payload = unknown, Result = unknown> {
  /** As in `run_sweep`. */
  readonly name: string;
  readonly summary: string;
  readonly payload: z.ZodType<Payload>;
  readonly limits: TaskLimits;
  /**
   * Does it. It may be tried again after any step, so what it leaves must be the same the second time: files that are
   * replaced whole, rows under {@linkcode TaskContext.once}. An {@linkcode InputError} is not tried again.
   *
   * @returns Plain data.
   */
  run(payload: Payload, context: TaskContext): Promise<Result>;
}

/** A task; limits that are not stated are the usual ones. */
export function defineTask<Payload, Result>(
  { limits, ...task }: Omit<Task<Payload, Result>, "limits"> & { readonly limits?: Partial<TaskLimits> },
): Task<Payload, Result> {
  return { ...task, limits: { ...USUAL_LIMITS, ...limits } };
}

/** The payload as the task takes it. @throws {InputError} `task-payload` naming each field that is wrong. */
export function checkedPayload<Payload>(task: Task<Payload>, payload: unknown): Payload {
  const result = task.payload.safeParse(payload);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join(".") || "payload"}: ${message}`);
  throw new InputError("task-payload", `${task.name} cannot take this payload: ${issues.join("; ")}`);
}
