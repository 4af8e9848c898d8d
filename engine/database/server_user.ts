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

/** Where the server's programs and data are put when root keeps the folder of the program closed to others. */
export const OPEN_PLACE = "/var/lib/crypto-trader";

/** Whom the server's programs have to be readable for, when this process is root's. */
export function anybody(self: number | null = Deno.uid()): ProgramUser {
  return self === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** The folder on the way to a path that the user cannot enter; null where the way is open. */
export async function closedFolder(path: string, user: ProgramUser): Promise<string | null> {
  if (user.uid === undefined) return null;
  for (let folder = await Deno.realPath(path); folder !== ""; folder = folderOf(folder)) {
    const { mode, uid } = await Deno.stat(folder);
    if (mode !== null && (mode & (uid === user.uid ? 0o100 : 0o001)) === 0) return folder;
  }
  return null;
}

/**
 * Refuses a path that the user cannot reach.
 *
 * @throws {InputError} `postgres-root`, which says what can be done.
 */
export async function checkReach(path: string, user: ProgramUser): Promise<void> {
  const closed = await closedFolder(path, user);
  if (closed === null) return;
  throw new InputError(
    "postgres-root",
    `PostgreSQL does not run as root, and the user ${user.uid} that it would run as cannot enter ${closed}: ` +
      "start this as a user without privileges, open that folder (chmod o+x), or set DATABASE_URL",
  );
}
