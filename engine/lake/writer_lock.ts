import { InputError } from "../errors/mod.ts";
import { textIfThere } from "./atomic_file.ts";

/** How often a writer that waits looks again. */
const RETRY_MS = 20;

/**
 * Does work on a file while no other process, and nobody else in this one, does work on it. The lock is a file beside
 * it with the number of the process that holds it; the system lifts it when that one dies.
 *
 * @param waitMs How long to wait for another writer.
 * @throws {InputError} `locked` when it still works then.
 */
export async function asWriterOf<T>(path: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const lockPath = `${path}.lock`;
  const lock = await Deno.open(lockPath, { create: true, write: true });
  try {
    for (let waitedMs = 0; !await lock.tryLock(true); waitedMs += RETRY_MS) {
      if (waitedMs >= waitMs) throw await locked(path, lockPath);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    await lock.truncate();
    await lock.write(new TextEncoder().encode(`${Deno.pid}\n`));
    return await work();
  } finally {
    lock.close();
  }
}

async function locked(path: string, lockPath: string): Promise<InputError> {
  const holder = (await textIfThere(lockPath))?.trim();
  const who = holder ? `the process ${holder}` : "another process";
  return new InputError("locked", `${who} is writing ${path}: wait until it has ended, and do this again`);
}
