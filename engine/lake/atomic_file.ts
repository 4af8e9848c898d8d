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

/** Replaces a file as a whole: after a crash there is the old one or the new one. */
export async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}${TEMPORARY}`;
  if (typeof bytes === "string") await Deno.writeTextFile(temporary, bytes);
  else await Deno.writeFile(temporary, bytes);
  await syncPath(temporary);
  await moveInto(temporary, path);
}

/** Renames a finished file into its place, durably. */
export async function moveInto(temporary: string, path: string): Promise<void> {
  await Deno.rename(temporary, path);
  await syncPath(path.slice(0, path.lastIndexOf("/")));
}

/** SHA-256 of a file's bytes, hexadecimal. */
export async function sha256OfFile(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** True when there is a file or folder of that path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
