// The one CSV file of a zip archive, unpacked with an eye on what archives of other people can do.
import { BlobReader, configure, ERR_UNSAFE_FILENAME, type FileEntry, ZipReader } from "@zip.js/zip.js";
import { InputError } from "../errors/mod.ts";

configure({ useWebWorkers: false });

/** Text of numbers packs to a third or a tenth; what packs far better is no table of candles. */
const PACKED_AT_MOST = 100;
/** Largest file that is unpacked: twice a month of candles of one second. */
const MAX_BYTES = 2 ** 30;

/**
 * Unpacks the archive's file into `target`, whose name is chosen by us: none in the archive reaches the disk. Sizes are
 * watched while it unpacks, and the archive's own sum (CRC-32) is compared at its end.
 *
 * @throws {InputError} `archive` for one that is damaged, cut off or locked by a password, holds not just one CSV file, or
 * grows beyond what candles can be. What was written by then is the caller's to remove.
 */
export async function unpackOnlyCsv(archive: string, target: string): Promise<void> {
  const name = archive.split("/").at(-1)!;
  const zip = new ZipReader(new BlobReader(new Blob([await Deno.readFile(archive)])), { checkSignature: true });
  try {
    const entry = onlyCsv(name, (await reading(name, () => zip.getEntries())).filter(({ directory }) => !directory));
    const file = await Deno.open(target, { create: true, write: true, truncate: true });
    try {
      await unpack(name, entry as FileEntry, file);
    } finally {
      file.close();
    }
  } finally {
    await zip.close();
  }
}

function onlyCsv<Entry extends { readonly filename: string; readonly encrypted: boolean }>(
  archive: string,
  entries: readonly Entry[],
): Entry {
  const [entry, second] = entries;
  if (entry === undefined) throw refused(archive, "holds no file", "fetch it again");
  if (second !== undefined) {
    throw refused(
      archive,
      `holds ${entries.length} files, and one CSV file is expected`,
      "unpack it and import its files",
    );
  }
  if (!/\.csv$/i.test(entry.filename)) throw refused(archive, "holds no .csv file", "unpack or convert it first");
  if (entry.encrypted) throw refused(archive, "is locked by a password", "unpack it first");
  return entry;
}

async function unpack(archive: string, entry: FileEntry, file: Deno.FsFile): Promise<void> {
  const { uncompressedSize: stated, compressedSize: packed } = entry;
  if (stated > MAX_BYTES || stated > PACKED_AT_MOST * packed) throw tooLarge(archive, stated);
  let bytes = 0, stopped: unknown = null;
  const sink = new WritableStream<Uint8Array>({
    async write(part) {
      try {
        bytes += part.length;
        if (bytes > stated) throw tooLarge(archive, bytes);
        for (let done = 0; done < part.length;) done += await file.write(part.subarray(done));
      } catch (error) {
        stopped = error;
        throw error;
      }
    },
  });
  await reading(archive, () => entry.getData(sink)).catch((error) => {
    throw stopped ?? error; // a full disk is not the archive's fault
  });
  if (bytes !== stated) throw refused(archive, "is damaged or cut off", "fetch it again");
}

/** What the library has against an archive becomes one sentence. */
async function reading<T>(archive: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if ((cause as Error).message === ERR_UNSAFE_FILENAME) {
      throw refused(
        archive,
        "names its file by a path that leads elsewhere",
        "do not trust it, and fetch it again",
        cause,
      );
    }
    throw refused(archive, "is damaged, cut off or no zip archive", "fetch it again", cause);
  }
}

function tooLarge(archive: string, bytes: number): InputError {
  return refused(
    archive,
    `unpacks to ${bytes} bytes, more than ${PACKED_AT_MOST} times its size or 1 GiB: no table of candles does`,
    "do not trust it, and fetch it again",
  );
}

function refused(archive: string, problem: string, remedy: string, cause?: unknown): InputError {
  return new InputError("archive", `${archive} ${problem}: ${remedy}`, { cause });
}
