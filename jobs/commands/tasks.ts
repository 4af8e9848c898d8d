import { Command, InvalidArgumentError, Option } from "commander";
import { InputError } from "../../engine/errors/mod.ts";
import { scheduleStates, type TaskQueue, type TaskState } from "../../engine/tasks/mod.ts";
import { toldTo } from "../audit.ts";
import { interruption } from "../interruption.ts";
import { answer, table } from "../output.ts";
import { whole } from "../parameters.ts";
import { openQueue } from "../services.ts";
import { readSettings } from "../settings.ts";
import { settled } from "../settled_task.ts";
import { tasksOf } from "../task_registry.ts";
import { taskCells, taskText } from "../task_text.ts";

const STATES = ["created", "retry", "active", "completed", "cancelled", "failed"] as const;

interface Flags {
  readonly json?: boolean;
}

interface ListFlags extends Flags {
  readonly name?: string;
  readonly state?: TaskState;
  readonly limit: number;
}

interface EnqueueFlags extends Flags {
  readonly payload: unknown;
  readonly key?: string;
  readonly priority?: number;
  readonly wait?: boolean;
}

/** `tasks`: puts work into the queue, and shows, cancels and tries again what is there. */
export function tasksCommand(): Command {
  const command = new Command("tasks").description("Put background work into the queue, and look after it.");
  command.command("kinds").description("List the kinds of work that there are.").action(kinds);
  command.command("enqueue").description("Put a task in, and print its id at once.")
    .argument("<name>", "as tasks kinds lists them")
    .option("--payload <json>", "what it works on, as one JSON object", json, {})
    .option("--key <key>", "idempotency key: the same key is the same task, however often it is put in")
    .option("--priority <number>", "the greater the sooner", whole)
    .option("--wait", "wait until it has ended, and print what came of it")
    .action(enqueue);
  command.command("list").description("List tasks, the newest first.")
    .option("--name <name>", "only those of this kind")
    .addOption(new Option("--state <state>", "only those in this state").choices(STATES))
    .option("--limit <count>", "at most so many", whole, 50)
    .action(list);
  command.command("show").description("Show a task: its payload, progress, result or error.").argument("<id>")
    .action((id: string, flags: Flags) => one(flags, (queue) => queue.show(id)));
  command.command("cancel").description("Take a task back; one that is worked on ends soon.").argument("<id>")
    .action((id: string, flags: Flags) => told(flags, id, "tasks.cancel", "cancelled", (queue) => queue.cancel(id)));
  command.command("retry").description("Give a task that has failed or was cancelled another attempt.").argument("<id>")
    .action((id: string, flags: Flags) => told(flags, id, "tasks.retry", "retry", (queue) => queue.retry(id)));
  command.command("schedules").description("List what is due again and again, and when next.").action(schedules);
  return command;
}

function kinds(flags: Flags): Promise<void> {
  return withQueue((queue) => {
    const all = queue.tasks.map(({ name, summary, limits }) => ({ name, summary, ...limits }));
    answer(flags, { kinds: all }, () =>
      table(
        ["kind", "attempts", "timeout s", "what it does"],
        all.map(({ name, retries, timeoutSeconds, summary }) => [name, retries + 1, timeoutSeconds, summary]),
      ));
  });
}

function enqueue(name: string, { payload, key, priority, wait, ...flags }: EnqueueFlags): Promise<void> {
  return withQueue(async (queue) => {
    const options = { ...(key === undefined ? {} : { key }), ...(priority === undefined ? {} : { priority }) };
    const { id, created } = await queue.enqueue(name, payload, options);
    if (!wait) return answer(flags, { id, created }, () => created ? id : `${id} is there already`);
    const task = await settled(queue, id, interruption);
    answer(flags, { created, ...task }, () => taskText(task));
    if (task.state !== "completed") Deno.exitCode = 1;
  });
}

function list({ name, state, limit, ...flags }: ListFlags): Promise<void> {
  return withQueue(async (queue) => {
    if (name !== undefined) queue.task(name);
    const filter = { limit, ...(name === undefined ? {} : { name }), ...(state === undefined ? {} : { state }) };
    const tasks = await queue.list(filter);
    answer(flags, { tasks }, () =>
      tasks.length === 0 ? "there are no such tasks" : table(
        ["id", "kind", "state", "attempts", "progress", "created", "what came of it"],
        tasks.map(taskCells),
      ));
  });
}

function one(flags: Flags, work: (queue: TaskQueue) => ReturnType<TaskQueue["show"]>): Promise<void> {
  return withQueue(async (queue) => {
    const task = await work(queue);
    answer(flags, task, () => taskText(task));
  });
}

/** What is done to a task that is there, told to the audit chain first. */
function told(
  flags: Flags,
  id: string,
  action: string,
  after: TaskState,
  work: (queue: TaskQueue) => ReturnType<TaskQueue["show"]>,
): Promise<void> {
  return one(flags, async (queue) => {
    const { state } = await queue.show(id);
    return await toldTo(
      queue.sql,
      readSettings().values,
      { action, subject: id, before: { state }, after: { state: after } },
      () => work(queue),
    );
  });
}

function schedules(flags: Flags): Promise<void> {
  return withQueue(async (queue) => {
    const states = await scheduleStates(queue);
    answer(
      flags,
      { schedules: states },
      () =>
        states.length === 0 ? "there are no schedules: deno task scheduler makes them" : table(
          ["schedule", "cron (UTC)", "kind", "next", "last task"],
          states.map((
            { id, cron, task, nextAt, lastTask },
          ) => [id, cron, task, nextAt ?? "never", lastTask ?? "none yet"]),
        ),
    );
  });
}

async function withQueue(work: (queue: TaskQueue) => void | Promise<void>): Promise<void> {
  const { queue, close } = await openQueue("client", tasksOf);
  try {
    await work(queue);
  } finally {
    await close();
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw text.trim().startsWith("{")
      ? new InputError("task-payload", `--payload is not JSON: ${(cause as Error).message}`, { cause })
      : new InvalidArgumentError(`"${text}" is not a JSON object, as in '{"days":30}'.`);
  }
}
