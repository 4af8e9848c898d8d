import {
  clearAway,
  folderOf,
  moveInto,
  replaceFile,
  sha256OfFile,
  syncPath,
  TEMPORARY,
  unlessMissing,
} from "./atomic_file.ts";
import { needingRoom } from "./disk_full.ts";
import { type Database, openDatabase } from "./duckdb.ts";
import { asOnlyWriterOf } from "./folder_lock.ts";
import type { Staged, Storage } from "./storage.ts";

/** A lake in a folder of this machine. */
export class FolderStorage implements Storage {
  constructor(readonly root: string) {}

  get scratch(): string {
    return `${this.root}/.scratch`;
  }

  database(folders: readonly string[] = [], threads?: 1): Promise<Database> {
    return openDatabase([this.root, ...folders], threads);
  }

  read(path: string): Promise<Uint8Array | null> {
    return unlessMissing(Deno.readFile(path));
  }

  async stamp(path: string): Promise<string | null> {
    const found = await unlessMissing(Deno.stat(path));
    return found === null ? null : `${found.ino} ${found.size} ${found.mtime?.getTime()} ${found.ctime?.getTime()}`;
  }

  async names(folder: string, prefix: string): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const { name } of Deno.readDir(folder)) if (name.startsWith(prefix)) names.push(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return names.sort();
  }

  async stage(path: string): Promise<Staged> {
    await Deno.mkdir(folderOf(path), { recursive: true });
    const temporary = `${path}${TEMPORARY}`;
    await clearAway(temporary);
    return {
      path: temporary,
      async seal() {
        await syncPath(temporary);
        return await sha256OfFile(temporary);
      },
      commit: () => moveInto(temporary, path),
      discard: () => clearAway(temporary),
    };
  }

  replace(path: string, text: string): Promise<void> {
    return replaceFile(path, text);
  }

  async move(from: string, to: string): Promise<void> {
    await Deno.mkdir(folderOf(to), { recursive: true });
    await moveInto(from, to);
  }

  async remove(path: string): Promise<void> {
    await clearAway(path);
  }

  async clearParts(path: string): Promise<void> {
    await clearAway(`${path}${TEMPORARY}`);
  }

  exclusively<T>(paths: readonly string[], work: () => Promise<T>): Promise<T> {
    return needingRoom(this.root, () => asOnlyWriterOf(paths, work));
  }
}
