// How long requests have waited for their turn in a budget: that says nothing of the venue, and is not its latency.
import { AsyncLocalStorage } from "node:async_hooks";

const waits = new AsyncLocalStorage<{ ms: number }>();

/** Does some work, and tells how long its requests have waited for their turn, all together. */
export async function withTurnWait<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly waitedMs: number }> {
  const wait = { ms: 0 }, value = await waits.run(wait, work);
  return { value, waitedMs: wait.ms };
}

/** Notes that a request has waited. */
export function noteTurnWait(ms: number): void {
  const wait = waits.getStore();
  if (wait !== undefined) wait.ms += ms;
}
