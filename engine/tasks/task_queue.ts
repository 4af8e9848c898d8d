import { PgBoss } from "pg-boss";
import type { Sql } from "../database/mod.ts";
import { CodedError, didYouMean, InputError } from "../errors/mod.ts";
import { canonicalJson, sha256Hex } from "../identity/mod.ts";
import { bossPool } from "./boss_pool.ts";
import { checkedPayload, type Task } from "./task.ts";
import { type TaskRecord, taskRecord, type TaskRow, type TaskState } from "./task_record.ts";

/** Schema of pg-boss's tables. */
export const BOSS_SCHEMA = "pgboss";
/** Queue in which a task lies that has failed for good. */
export const DEAD_LETTERS = "dead_letter";
/** Finished tasks are forgotten after so long, and waiting ones that nobody works on. */
export const KEPT_DAYS = 14;

const DAY_SECONDS = 86_400;
/** Whoever works on a task listens there for the ids of those that are cancelled. */
export const CANCEL_CHANNEL = "task_cancelled";

/** How a queue is opened. */
export interface QueueOptions {
  /** What this process is: `client` puts in and looks; a `worker` also sees to tasks whose worker is gone; the
   * `scheduler` puts in what is due. */
  readonly role: "client" | "worker" | "scheduler";
  /** Hears of what went wrong in the background and is tried again. */
  readonly onError?: (error: Error) => void;
}

/** How a task is put in. */
export interface EnqueueOptions {
  /** Whoever puts a task in twice under a key gets the first one again, in whatever state it is. */
  readonly key?: string;
  /** The greater the sooner; 0 unless stated. */
  readonly priority?: number;
}

/** A task that is in the queue. */
export interface Enqueued {
  readonly id: string;
  /** False where it was there already. */
  readonly created: boolean;
}

/** Which tasks are listed, the newest first. */
export interface TaskFilter {
  readonly name?: string;
  readonly state?: TaskState;
  readonly limit?: number;
}

/** The queue of background work, in PostgreSQL: any number of processes put in and work. */
export class TaskQueue {
  readonly #byName: ReadonlyMap<string, Task>;

  private constructor(readonly sql: Sql, readonly boss: PgBoss, readonly tasks: readonly Task[]) {
    this.#byName = new Map(tasks.map((task) => [task.name, task]));
  }

  /** Opens the queue; the tables that are not there yet are made. @param tasks All kinds of work that there are. */
  static async open(sql: Sql, tasks: readonly Task[], { role, onError = () => {} }: QueueOptions): Promise<TaskQueue> {
    const isClient = role === "client";
    const boss = new PgBoss({
      db: bossPool(sql),
      schema: BOSS_SCHEMA,
      supervise: !isClient,
      schedule: role === "scheduler",
      useListenNotify: role === "worker",
      registerInstance: !isClient,
      instanceName: role,
      instanceHeartbeatSeconds: 10,
      superviseIntervalSeconds: 2,
      monitorIntervalSeconds: 2,
      openTelemetry: { enabled: false },
    });
    boss.on("error", onError);
    await boss.start();
    const queue = new TaskQueue(sql, boss, tasks);
    await queue.#makeQueues();
    return queue;
  }

  /** The kind of work of a name. @throws {InputError} `task-name` saying what there is. */
  task(name: string): Task {
    const task = this.#byName.get(name);
    if (task !== undefined) return task;
    const names = [...this.#byName.keys()], hint = didYouMean(name, names) || `: there are ${names.join(", ")}`;
    throw new InputError("task-name", `there is no task "${name}"${hint}`);
  }

  /**
   * Puts a task in and gives its id at once.
   *
   * @throws {InputError} `task-payload`, `task-name`, or `task-key` where the key has been used with another payload.
   */
  async enqueue(name: string, payload: unknown, { key, priority = 0 }: EnqueueOptions = {}): Promise<Enqueued> {
    const task = this.task(name), checked = checkedPayload(task, payload) as object;
    const id = key === undefined ? crypto.randomUUID() : idOf(name, key);
    const options = { id, priority, ...(key === undefined ? {} : { singletonKey: key }) };
    if (await this.boss.send(name, checked, options) !== null) return { id, created: true };
    const before = await this.show(id);
    if (canonicalJson(plain(before.payload)) === canonicalJson(plain(checked))) return { id, created: false };
    throw new InputError("task-key", `key "${key}" has been used for ${name} with another payload: choose another key`);
  }

  /** Tasks, the newest first; 100 unless another number is stated. */
  async list({ name, state, limit = 100 }: TaskFilter = {}): Promise<TaskRecord[]> {
    const { sql } = this;
    const rows = await sql<TaskRow[]>`
      select j.*, p.done, p.total, p.note from ${sql(BOSS_SCHEMA)}.job j left join task_progress p on p.id = j.id
      where j.name = any(${name === undefined ? this.#names : [name]})
        ${state === undefined ? sql`` : sql`and j.state = ${state}`}
      order by j.created_on desc, j.id limit ${limit}`;
    return rows.map(taskRecord);
  }

  /** One task. @throws {InputError} `task-id` where there is none, or none any more. */
  async show(id: string): Promise<TaskRecord> {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw noSuchTask(id);
    const { sql } = this;
    const [row] = await sql<TaskRow[]>`
      select j.*, p.done, p.total, p.note from ${sql(BOSS_SCHEMA)}.job j left join task_progress p on p.id = j.id
      where j.name = any(${this.#names}) and j.id = ${id}`;
    if (row === undefined) throw noSuchTask(id);
    return taskRecord(row);
  }

  /** Takes a task back; one that is worked on ends soon. @throws {InputError} `task-state` of one that has ended. */
  async cancel(id: string): Promise<TaskRecord> {
    const { name } = await this.show(id);
    await this.boss.cancel(name, id);
    await this.sql.notify(CANCEL_CHANNEL, id);
    const after = await this.show(id);
    if (after.state === "cancelled") return after;
    throw new InputError(
      "task-state",
      `task ${id} is ${after.state} already: only one that has not ended is cancelled`,
    );
  }

  /** Gives a task that has failed or was cancelled another attempt. @throws {InputError} `task-state` of any other. */
  async retry(id: string): Promise<TaskRecord> {
    const { name, state } = await this.show(id);
    if (state === "failed") await this.boss.retry(name, id);
    else if (state === "cancelled") await this.boss.resume(name, id);
    else throw new InputError("task-state", `task ${id} is ${state}: only a failed or a cancelled one is tried again`);
    const dead = await this.sql`
      select id from ${this.sql(BOSS_SCHEMA)}.job where name = ${DEAD_LETTERS} and source_id = ${id}`;
    if (dead.length > 0) await this.boss.deleteJob(DEAD_LETTERS, dead.map((row) => row.id));
    return await this.show(id);
  }

  /** How many tasks there are of each name and state. */
  async counts(): Promise<{ readonly name: string; readonly state: TaskState; readonly count: number }[]> {
    const { sql } = this;
    return await sql`
      select name, state, count(*)::int as count from ${sql(BOSS_SCHEMA)}.job
      where name = any(${[...this.#names, DEAD_LETTERS]}) group by name, state order by name, state`;
  }

  /** Ends the line to the queue; a worker lets go of what it is working on first. */
  async close(): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: 10_000 });
  }

  get #names(): string[] {
    return [...this.#byName.keys()];
  }

  async #makeQueues(): Promise<void> {
    const kept = { retentionSeconds: KEPT_DAYS * DAY_SECONDS, deleteAfterSeconds: KEPT_DAYS * DAY_SECONDS };
    await this.boss.createQueue(DEAD_LETTERS, kept);
    for (const { name, limits } of this.tasks) {
      const options = {
        ...kept,
        deadLetter: DEAD_LETTERS,
        notify: true,
        retryLimit: limits.retries,
        retryDelay: limits.retryDelaySeconds,
        retryBackoff: true,
        retryDelayMax: limits.longestDelaySeconds,
        expireInSeconds: limits.timeoutSeconds,
        ...(limits.heartbeatSeconds === null ? {} : { heartbeatSeconds: limits.heartbeatSeconds }),
      };
      await this.boss.createQueue(name, options);
      await this.boss.updateQueue(name, options); // limits that have changed since it was made
    }
  }
}

/** The id that a task of this name has under a key: a UUID made from both. */
export function idOf(name: string, key: string): string {
  const hex = sha256Hex(`${name}\n${key}`);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

/** The value as JSON carries it. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function noSuchTask(id: string): InputError {
  return new InputError("task-id", `there is no task ${id}: tasks list shows those of the last ${KEPT_DAYS} days`);
}

/** Raised in an attempt whose task was cancelled. */
export class TaskCancelled extends CodedError {
  constructor(id: string) {
    super("cancelled", `task ${id} was cancelled`);
  }
}
