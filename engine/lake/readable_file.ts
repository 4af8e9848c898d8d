import { folderOf } from "./atomic_file.ts";
import { requireChecksum } from "./checksum_file.ts";
import { asOnlyWriterOf } from "./folder_lock.ts";
import type { Storage } from "./storage.ts";
import { unpackOnlyCsv } from "./zip_archive.ts";

/** How archives are taken. */
export interface ArchiveOptions {
  /** False lets archives pass that have no file of their sum beside them. */
  readonly checksum?: boolean;
}

/**
 * Does work on a file that SQL can read: the file itself, or of a zip archive the CSV file in it, unpacked into the lake's
 * scratch folder for as long as the work takes. What a killed process leaves there, the next import of the archive removes.
 *
 * @throws {InputError} `checksum` or `archive` for an archive that is not to be trusted, or not to be read.
 */
export async function withReadableFile<T>(
  storage: Storage,
  path: string,
  { checksum = true }: ArchiveOptions,
  work: (readable: string) => Promise<T>,
): Promise<T> {
  if (!/\.zip$/i.test(path)) return await work(path);
  await requireChecksum(path, !checksum);
  await Deno.mkdir(storage.scratch, { recursive: true });
  const unpacked = `${storage.scratch}/${path.slice(folderOf(path).length).replace("/", "")}.csv`;
  return await asOnlyWriterOf([unpacked], async () => {
    try {
      await unpackOnlyCsv(path, unpacked);
      return await work(unpacked);
    } finally {
      await Deno.remove(unpacked).catch(() => {}); // it may not have come to be
    }
  });
}
