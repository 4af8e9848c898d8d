// A task in words.
import type { TaskRecord } from "../engine/tasks/mod.ts";

const LONGEST = 60;

/** A task's row in a table. */
export function taskCells(task: TaskRecord): (string | number)[] {
  const { id, name, state, attempts, mostAttempts, progress, createdAt } = task;
  const share = progress === null || progress.total <= 0 ? "" : `${Math.floor(100 * progress.done / progress.total)} %`;
  return [id, name, state, `${attempts}/${mostAttempts}`, share, createdAt.slice(0, 19), shortened(outcomeText(task))];
}

/** All of a task. */
export function taskText(task: TaskRecord): string {
  const { id, name, state, attempts, mostAttempts, key, payload, progress, createdAt, startedAt, endedAt } = task;
  return [
    `${name} ${id}: ${state}, ${attempts} of ${mostAttempts} attempts`,
    ...(key === null ? [] : [`key       ${key}`]),
    `payload   ${JSON.stringify(payload)}`,
    ...(progress === null ? [] : [`progress  ${progress.done} of ${progress.total} ${progress.note ?? ""}`.trimEnd()]),
    `created   ${createdAt}`,
    ...(startedAt === null ? [] : [`started   ${startedAt}`]),
    ...(endedAt === null ? [] : [`ended     ${endedAt}`]),
    ...(task.result === null ? [] : [`result    ${JSON.stringify(task.result)}`]),
    ...(task.error === null ? [] : [`error     ${task.error.code}: ${task.error.message}`]),
    ...(state === "failed" ? [`try again: deno task tasks retry ${id}`] : []),
  ].join("\n");
}

function outcomeText({ result, error }: TaskRecord): string {
  if (error !== null) return error.message;
  return result === null ? "" : JSON.stringify(result);
}

function shortened(text: string): string {
  const line = text.replaceAll("\n", " ");
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}
