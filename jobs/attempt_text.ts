import type { AttemptEvent } from "../engine/tasks/mod.ts";

/** What a worker says of an attempt, in one line. */
export function attemptText({ kind, name, id, attempt, error }: AttemptEvent): string {
  const again = attempt === 1 ? "" : ` (attempt ${attempt})`;
  return `${name} ${id} ${kind}${again}${error === undefined ? "" : `: ${error.message}`}`;
}
