// Locks that the system lifts when their holder dies, on files beside what they guard.
import { InputError } from "../errors/mod.ts";

const RETRY_MS = 20;

/** True when there is a file or folder of that path. */
export async function isThere(path: string): Promise<boolean> {
  return await unlessMissing(Deno.stat(path)) !== null;
}

/** What was asked of a file; null where there is none. */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The folder in which a path lies. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** Makes what was written to a file, or renamed in a folder, durable. */
export async function syncPath(path: string): Promise<void> {
  const file = await Deno.open(path, { read: true });
  try {
    await file.sync();
  } finally {
    file.close();
  }
}

/** Opens a lock's file, making it where it is missing; one that may only be read can be locked too. */
export async function openLock(path: string): Promise<Deno.FsFile> {
  return await unlessMissing(Deno.open(path, { read: true })) ??
    await Deno.open(path, { read: true, write: true, create: true, mode: 0o644 });
}

/**
 * Does work while nobody else does work under the same lock, in this process or another.
 *
 * @param waitMs How long to wait for the other one.
 * @throws {InputError} `locked` when it still holds the lock then.
 */
export async function asHolderOf<T>(path: string, work: () => Promise<T>, waitMs = 120_000): Promise<T> {
  const lock = await openLock(path);
  try {
    for (let waitedMs = 0; !await lock.tryLock(true); waitedMs += RETRY_MS) {
      if (waitedMs >= waitMs) {
        throw new InputError("locked", `another process holds ${path} for ${waitMs / 1_000} s: end it, and try again`);
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    return await work();
  } finally {
    lock.close();
  }
}
