// When a process that goes on for ever has to end: Ctrl-C, SIGTERM, or the end of the process that has started it.
import { interruption } from "./interruption.ts";

/** Waits for the first of them. @param isSupervised True: standard input ends with whoever has started this process. */
export async function untilStopped(isSupervised: boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  interruption.addEventListener("abort", () => resolve());
  Deno.addSignalListener("SIGTERM", resolve);
  if (isSupervised) void inputEnded().then(resolve);
  if (!interruption.aborted) await promise;
  Deno.removeSignalListener("SIGTERM", resolve);
}

async function inputEnded(): Promise<void> {
  const buffer = new Uint8Array(64);
  while (await Deno.stdin.read(buffer) !== null);
}
