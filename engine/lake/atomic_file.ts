// Whole files or none: everything in the lake is written beside its place and renamed into it.

/** Ending of files that are being written; readers ignore them and writers clear them away. */
export const TEMPORARY = ".tmp";

/** Makes what was written to a file, or renamed in a folder, durable. */
export async function syncPath(path: string): Promise<void> {
  const file = await Deno.open(path, { read: true });
  try {
    await file.sync();
  } finally {
    file.close();
  }
}

/** Replaces a file as a whole, by text or bytes: after a crash there is the old one or the new one. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}${TEMPORARY}`;
  try {
    await (typeof content === "string" ? Deno.writeTextFile(temporary, content) : Deno.writeFile(temporary, content));
    await syncPath(temporary);
    await moveInto(temporary, path);
  } catch (error) {
    await clearAway(temporary); // on a full disk, room for others
    throw error;
  }
}

/**
 * Has a file written by code that is not Deno's, whole or not at all. The first to touch it is Deno, so that its
 * permissions hold for the path.
 */
export async function writeWhole(path: string, write: (temporary: string) => Promise<unknown>): Promise<void> {
  const temporary = `${path}${TEMPORARY}`;
  await Deno.writeTextFile(temporary, "");
  try {
    await write(temporary);
    await syncPath(temporary);
    await moveInto(temporary, path);
  } catch (error) {
    await clearAway(temporary);
    throw error;
  }
}

/** Renames a finished file or folder into its place, durably. */
export async function moveInto(temporary: string, path: string): Promise<void> {
  await Deno.rename(temporary, path);
  await syncPath(folderOf(path));
}

/** The folder in which a path lies. */
export function folderOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end < 0 ? "." : path.slice(0, end) || "/";
}

/** SHA-256 of a file's bytes, hexadecimal. */
export async function sha256OfFile(path: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(path))).toHex();
}

/** True when there is a file or folder of that path. */
export async function exists(path: string): Promise<boolean> {
  return await unlessMissing(Deno.stat(path)) !== null;
}

/** The text of a file; null when there is no such file. */
export async function textIfThere(path: string): Promise<string | null> {
  return await unlessMissing(Deno.readTextFile(path));
}

/** Removes a file, or a folder with what is in it, that may or may not be there. */
export async function clearAway(path: string): Promise<void> {
  await unlessMissing(Deno.remove(path, { recursive: true }));
}

/** What was asked of a file; null where there is no such file. */
export async function unlessMissing<T>(outcome: Promise<T>): Promise<T | null> {
  try {
    return await outcome;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * Does work that writes below a folder while no other process does. Readers need not ask. The system lifts the lock of a
 * process that dies.
 */
export async function asOnlyWriter<T>(root: string, work: () => Promise<T>): Promise<T> {
  await Deno.mkdir(root, { recursive: true });
  const file = await Deno.open(`${root}/.lock`, { create: true, write: true });
  try {
    await file.lock(true);
    return await work();
  } finally {
    file.close();
  }
}
