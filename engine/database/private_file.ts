import { folderOf, syncPath, unlessMissing } from "./file_lock.ts";

/** Replaces a file that nobody else may read, whole and durably: after a crash there is the old one or the new one. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const part = `${path}.part`;
  await unlessMissing(Deno.remove(part));
  const file = await Deno.open(part, { write: true, createNew: true, mode: 0o600 });
  try {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  } finally {
    file.close();
  }
  await Deno.rename(part, path);
  await syncPath(folderOf(path));
}
