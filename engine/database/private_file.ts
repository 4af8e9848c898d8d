import { folderOf, syncPath, unlessMissing } from "./file_lock.ts";

/** What a writer has not renamed for so long is of one that has died. */
const LEFT_OVER_MS = 60_000;

/** Replaces a file that nobody else may read, whole and durably: after a crash there is the old one or the new one. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  // Of its own: two who replace the file at once must not write to the same one.
  const part = `${path}.${crypto.randomUUID()}.part`;
  try {
    await writeDurably(await Deno.open(part, { write: true, createNew: true, mode: 0o600 }), text);
    await Deno.rename(part, path);
  } catch (error) {
    await unlessMissing(Deno.remove(part));
    throw error;
  }
  await syncPath(folderOf(path));
  await removeLeftOver(path).catch(() => {}); // it hinders nobody
}

/** Writes all of a text to a file that was opened for it, durably, and closes the file. */
export async function writeDurably(file: Deno.FsFile, text: string): Promise<void> {
  try {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  } finally {
    file.close();
  }
}

/** Removes what writers of the file have left behind who died; old by the clock of the disk, which dates all of them. */
async function removeLeftOver(path: string): Promise<void> {
  const folder = folderOf(path), name = path.slice(folder.length + 1), now = (await Deno.stat(path)).mtime!.getTime();
  for await (const own of Deno.readDir(folder)) {
    if (!own.name.startsWith(`${name}.`) || !/^([0-9a-f-]{36}\.)?part$/.test(own.name.slice(name.length + 1))) continue;
    const { mtime } = await Deno.stat(`${folder}/${own.name}`);
    if (now - mtime!.getTime() > LEFT_OVER_MS) await Deno.remove(`${folder}/${own.name}`);
  }
}
