import { InputError } from "../errors/mod.ts";

/** What the system calls a disk without room, an account's share that is used up, and a file that may not grow. */
const CODES = ["ENOSPC", "EDQUOT", "EFBIG"];
/** The same in the words of DuckDB, whose errors have no codes. */
const WORDS = /No space left on device|Disk quota exceeded|File too large/;

/** True where something could not be written for want of room. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error &&
    (CODES.includes((error as { code?: string }).code ?? "") || WORDS.test(error.message));
}

/**
 * Does work that writes whole files or none.
 *
 * @param place What is written to, for the message.
 * @throws {InputError} `disk-full` where there was no room for it.
 */
export async function needingRoom<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isDiskFull(cause)) throw cause;
    throw new InputError(
      "disk-full",
      `the disk of ${place} has no room left; nothing there is damaged, and what was written whole stays: make room, and ` +
        "run this again, which goes on from there",
      { cause },
    );
  }
}
