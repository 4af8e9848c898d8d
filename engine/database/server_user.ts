// PostgreSQL refuses to run as root: a process of root starts it as somebody else.
import { InputError } from "../errors/mod.ts";
import { folderOf } from "./file_lock.ts";

/** Whom a program runs as; nothing where that is whoever starts it. */
export type ProgramUser = { readonly uid: number; readonly gid: number } | Record<string, never>;

/** The user `nobody` of Linux. */
const NOBODY = 65_534;

/** The owner of the folder, or `nobody` where root owns it; for anyone but root, themselves. */
export async function serverUser(folder: string, self: number | null = Deno.uid()): Promise<ProgramUser> {
  if (self !== 0) return {};
  const { uid, gid } = await Deno.stat(folder);
  return uid ? { uid, gid: gid ?? NOBODY } : { uid: NOBODY, gid: NOBODY };
}

/**
 * Refuses a folder that the user cannot reach, because one above it is closed to others.
 *
 * @throws {InputError} `postgres-root`, which says what can be done.
 */
export async function checkReach(path: string, user: ProgramUser): Promise<void> {
  if (user.uid === undefined) return;
  for (let folder = await Deno.realPath(path); folder !== ""; folder = folderOf(folder)) {
    const { mode, uid } = await Deno.stat(folder);
    if (mode === null || (mode & (uid === user.uid ? 0o100 : 0o001)) !== 0) continue;
    throw new InputError(
      "postgres-root",
      `PostgreSQL does not run as root, and the user ${user.uid} that it would run as cannot enter ${folder}: ` +
        `start this as a user without privileges, move the folder of the program to where others may enter ` +
        `(as /opt), or set DATABASE_URL`,
    );
  }
}
