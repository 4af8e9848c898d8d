import { InputError } from "../errors/mod.ts";
import { folderOf, unlessMissing } from "./atomic_file.ts";

/** So long a writer waits for another one before it gives up, and how often it looks. */
const WAIT_MS = 120_000, RETRY_MS = 10;

/**
 * Does work on some files while nobody else does work on any of them. The lock of a file is a hidden one beside it that
 * the system lifts when its holder dies; it is removed afterwards, so that a folder has no more files than it needs.
 *
 * @throws {InputError} `locked` when another writer still works after two minutes.
 */
export async function asOnlyWriterOf<T>(
  paths: readonly string[],
  work: () => Promise<T>,
  waitMs = WAIT_MS,
): Promise<T> {
  const held: { readonly path: string; readonly file: Deno.FsFile }[] = [];
  try {
    // In one order everywhere, or two writers could wait for each other.
    for (const path of [...new Set(paths)].sort()) held.push(await lock(path, waitMs));
    return await work();
  } finally {
    for (const { path, file } of held.reverse()) {
      await Deno.remove(path).catch(() => {}); // by somebody who holds it, so nobody loses a lock
      file.close();
    }
  }
}

async function lock(path: string, waitMs: number): Promise<{ path: string; file: Deno.FsFile }> {
  const lockPath = lockPathOf(path);
  await Deno.mkdir(folderOf(lockPath), { recursive: true });
  for (let waitedMs = 0;; waitedMs += RETRY_MS) {
    const file = await Deno.open(lockPath, { create: true, write: true });
    if (await file.tryLock(true) && await isStillThere(lockPath, file)) return { path: lockPath, file };
    file.close();
    if (waitedMs >= waitMs) {
      throw new InputError("locked", `another process is writing ${path}: wait until it has ended, and do this again`);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** False where the one who held the lock removed the file between our opening and our locking it. */
async function isStillThere(path: string, file: Deno.FsFile): Promise<boolean> {
  const there = await unlessMissing(Deno.stat(path));
  return there !== null && there.ino === (await file.stat()).ino;
}

function lockPathOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return `${folderOf(path)}/.${name}.lock`;
}
