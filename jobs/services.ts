// Opens what the settings name: the database with its tables, and the queue in it.
import { type Database, openDatabase } from "../engine/database/mod.ts";
import { type QueueOptions, type Task, TaskQueue } from "../engine/tasks/mod.ts";
import { note } from "./output.ts";
import { readSettings } from "./settings.ts";
import type { TaskSurroundings } from "./tasks/surroundings.ts";

/** A queue with its database. */
export interface OpenedQueue {
  readonly queue: TaskQueue;
  readonly database: Database;
  close(): Promise<void>;
}

/** Connections that one process has at most, beside those that listen. */
const CONNECTIONS = 6;

/**
 * Opens the queue of the settings' database; the embedded one is started where it does not run.
 *
 * @param tasksOf The kinds of work that this process knows.
 */
export async function openQueue(
  role: QueueOptions["role"],
  tasksOf: (surroundings: TaskSurroundings) => readonly Task[],
): Promise<OpenedQueue> {
  const settings = readSettings().values, { databaseUrl: _, ...rest } = settings;
  const database = await openDatabase(settings, { connections: CONNECTIONS, applicationName: `crypto-trader ${role}` });
  try {
    const queue = await TaskQueue.open(database.sql, tasksOf({ sql: database.sql, ...rest }), {
      role,
      onError: warn,
    });
    const close = async () => {
      await queue.close();
      await database.close();
    };
    return { queue, database, close };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function warn({ message }: Error): void {
  note(`warning: ${message}; trying again`);
}
