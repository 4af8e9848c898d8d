import type { JobWithMetadata } from "pg-boss";
import { InputError, isCodedError } from "../errors/mod.ts";
import { ProgressWriter } from "./progress_writer.ts";
import { checkedPayload, type Task, type TaskContext } from "./task.ts";
import { CANCEL_CHANNEL, TaskCancelled, type TaskQueue } from "./task_queue.ts";
import { onceFor } from "./task_tables.ts";

/** How a worker works. */
export interface WorkerOptions {
  /** Tasks of each kind that it works on at once. */
  readonly concurrency: number;
  /** Which kinds; all of the queue unless stated. */
  readonly tasks?: readonly Task[];
  /** Hears of each attempt that begins and ends. */
  readonly onAttempt?: (event: AttemptEvent) => void;
}

/** What a worker says of an attempt. */
export interface AttemptEvent {
  readonly kind: "began" | "completed" | "failed" | "refused" | "cancelled";
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Without a word that there is something new, a worker looks so often. */
const POLL_SECONDS = 0.5;

/** Takes tasks from the queue and works on them, until it is closed. */
export class TaskWorker {
  readonly #running = new Map<string, AbortController>();
  #unlisten: () => Promise<void> = () => Promise.resolve();

  private constructor(readonly queue: TaskQueue, readonly options: WorkerOptions) {}

  /** Begins to work. The queue is closed by whoever has opened it, and with it the worker ends. */
  static async start(queue: TaskQueue, options: WorkerOptions): Promise<TaskWorker> {
    const worker = new TaskWorker(queue, options);
    const { unlisten } = await queue.sql.listen(CANCEL_CHANNEL, (id) => worker.#cancel(id));
    worker.#unlisten = unlisten;
    for (const task of options.tasks ?? queue.tasks) {
      for (let i = 0; i < options.concurrency; i++) await worker.#workOn(task);
    }
    return worker;
  }

  /** Tasks that are being worked on. */
  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  /** Takes no more tasks and lets go of those it has: each is given to another worker. */
  async close(): Promise<void> {
    await this.#unlisten().catch(() => {});
    await this.queue.close();
  }

  /** Takes one batch after another of a kind; while there is work it does not wait for a word of it. */
  async #workOn(task: Task): Promise<void> {
    const { boss } = this.queue,
      how = {
        includeMetadata: true,
        perJobResults: true,
        batchSize: task.limits.batch,
        pollingIntervalSeconds: POLL_SECONDS,
        notifyPollingIntervalSeconds: 2 * POLL_SECONDS,
      } as const;
    const id = await boss.work(task.name, how, async (jobs: JobWithMetadata<unknown>[]) => {
      const outcomes = await Promise.all(jobs.map((job) => this.#attempt(task, job)));
      boss.notifyWorker(id);
      return outcomes;
    });
  }

  #cancel(id: string): void {
    this.#running.get(id)?.abort(new TaskCancelled(id));
  }

  /** What pg-boss is told of an attempt; only an attempt that may go well another time is tried again. */
  async #attempt(task: Task, job: JobWithMetadata<unknown>) {
    const { id } = job, { onAttempt = () => {} } = this.options, attempt = job.retryCount + 1;
    const cancelling = new AbortController(), told = { id, name: task.name, attempt };
    this.#running.set(id, cancelling);
    const progress = new ProgressWriter(this.queue.sql, id);
    onAttempt({ kind: "began", ...told });
    try {
      const context: TaskContext = {
        id,
        attempt,
        signal: AbortSignal.any([job.signal, cancelling.signal]),
        progress: (done, total, note) => progress.say({ done, total, note: note ?? null }),
        once: (effect) => onceFor(this.queue.sql, id, effect),
      };
      const result = await task.run(checkedPayload(task, job.data), context) ?? null;
      await progress.end();
      onAttempt({ kind: "completed", ...told });
      return { id, status: "completed" as const, output: { result } };
    } catch (error) {
      await progress.end();
      const told_ = { code: isCodedError(error) ? error.code : "unexpected", message: messageOf(error) };
      if (cancelling.signal.aborted) {
        onAttempt({ kind: "cancelled", ...told });
        return { id, status: "failed" as const, output: told_ }; // it is cancelled already, so this changes nothing
      }
      const isRefused = error instanceof InputError;
      onAttempt({ kind: isRefused ? "refused" : "failed", ...told, error: told_ });
      return { id, status: isRefused ? "deadletter" as const : "failed" as const, output: told_ };
    } finally {
      this.#running.delete(id);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
