// One folder of PostgreSQL's data, and its server: made, started and stopped by PostgreSQL's own programs.
import { CodedError, InputError } from "../errors/mod.ts";
import { isThere, unlessMissing } from "./file_lock.ts";
import type { ServerFiles } from "./server_files.ts";
import { checkReach, closedFolder, OPEN_PLACE, type ProgramUser, serverUser } from "./server_user.ts";

/** The database's owner, which every process of ours signs in as. */
export const ROLE = "trader";

/** A server that stops writes what it has to disk, which others may keep busy. */
const START_SECONDS = 60, STOP_SECONDS = 120, LOG_LIMIT_BYTES = 4_000_000;

/** What a server that does not start said. */
export class StartFailure extends CodedError {
  constructor(readonly said: string) {
    super("postgres-start", `PostgreSQL did not start: ${said}`);
  }
}

/** The data below a folder, run by these programs. */
export class Cluster {
  readonly data: string;
  readonly #log: string;

  /** @param folder Folder in which the cluster lies. */
  private constructor(readonly folder: string, readonly files: ServerFiles, readonly user: ProgramUser) {
    this.data = `${folder}/cluster`;
    this.#log = `${this.data}/server.log`;
  }

  /** @param folder Folder of the cluster's password and locks, and of itself where the server's user can enter it. */
  static async of(folder: string, files: ServerFiles): Promise<Cluster> {
    const user = await serverUser(folder), home = await homeOf(folder, user);
    for (const path of [home, files.bin]) await checkReach(path, user);
    return new Cluster(home, files, user);
  }

  /** Makes the cluster where there is none: whole or not at all. */
  async make(password: string): Promise<void> {
    if (await isThere(`${this.data}/PG_VERSION`)) return;
    if (await isThere(this.data)) {
      throw new InputError(
        "postgres-data",
        `the database in ${this.data} is not whole (PG_VERSION is missing): move that folder away and restore a backup`,
      );
    }
    for await (const { name } of Deno.readDir(this.folder)) {
      if (name.startsWith("cluster.part")) await Deno.remove(`${this.folder}/${name}`, { recursive: true });
    }
    // A name of its own: the initdb of a process that was killed may still be writing into the last one.
    const part = `${this.folder}/cluster.part-${crypto.randomUUID()}`, passwordFile = `${part}/password`;
    await this.#own(Deno.mkdir(part, { mode: 0o700 }), part);
    const made = `${part}/data`;
    await this.#own(Deno.writeTextFile(passwordFile, password, { mode: 0o600 }), passwordFile);
    const { success, said } = await this.#run("initdb", [
      ...["-D", made, "-U", ROLE, `--pwfile=${passwordFile}`],
      ...["-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-instructions"],
    ]);
    if (!success) throw new StartFailure(`its data could not be made in ${this.folder}: ${said}`);
    await Deno.rename(made, this.data);
    await Deno.remove(part, { recursive: true });
  }

  /**
   * Starts the server, on 127.0.0.1 only, and waits until it answers. It lives on when this process ends.
   *
   * @throws {StartFailure} with the end of its log.
   */
  async start(port: number): Promise<void> {
    const { size } = await unlessMissing(Deno.stat(this.#log)) ?? { size: 0 };
    if (size > LOG_LIMIT_BYTES) await Deno.remove(this.#log);
    const options = `-c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
    const before = size > LOG_LIMIT_BYTES ? 0 : size;
    const { success, said } = await this.#run("pg_ctl", [
      ...["start", "-D", this.data, "-l", this.#log, "-w", "-t", `${START_SECONDS}`, "-o", options],
    ]);
    if (!success) throw new StartFailure(`${said}\n${await this.#logFrom(before)}`.trim());
  }

  /** Stops the server: work that is under way is rolled back. */
  async stop(): Promise<void> {
    const args = ["stop", "-D", this.data, "-m", "fast", "-w", "-t", `${STOP_SECONDS}`];
    const { success, said } = await this.#run("pg_ctl", args);
    if (!success && !/PID file .* does not exist|No such process/s.test(said)) {
      throw new CodedError("postgres-stop", `PostgreSQL did not stop: ${said}`);
    }
  }

  /** The port that the server of this folder says it listens on, running or not; null where none has left word. */
  async statedPort(): Promise<number | null> {
    const port = (await this.#pidFile())?.split("\n")[3];
    return port === undefined || !/^\d+$/.test(port) ? null : Number(port);
  }

  /**
   * Removes the word of a server that is gone, which keeps the next from starting where another process has its number
   * now. Only for who has found that nobody listens on its port; a server that is there all the same is seen by the next
   * one in its shared memory, and that one does not start.
   */
  async forgetServer(): Promise<void> {
    await unlessMissing(Deno.remove(`${this.data}/postmaster.pid`));
  }

  async #pidFile(): Promise<string | null> {
    try {
      return await unlessMissing(Deno.readTextFile(`${this.data}/postmaster.pid`));
    } catch (error) {
      if (error instanceof Deno.errors.PermissionDenied) return null; // the server is another user's: its port is in our file
      throw error;
    }
  }

  async #logFrom(offset: number): Promise<string> {
    const text = await unlessMissing(Deno.readFile(this.#log));
    return text === null ? "" : new TextDecoder().decode(text.subarray(offset)).trim().slice(-2_000);
  }

  async #own(made: Promise<void>, path: string): Promise<void> {
    await made;
    if (this.user.uid !== undefined) await Deno.chown(path, this.user.uid, this.user.gid);
  }

  async #run(program: string, args: string[]): Promise<{ success: boolean; said: string }> {
    try {
      const { success, stderr, stdout } = await new Deno.Command(`${this.files.bin}/${program}`, {
        args,
        ...this.user,
        cwd: "/",
        clearEnv: true,
        env: { LC_ALL: "C", TZ: "UTC", PATH: "/usr/bin:/bin" },
        stdin: "null",
        detached: true, // Ctrl-C in a terminal is meant for us: the server must see our commits through
      }).output();
      return { success, said: new TextDecoder().decode(success ? stdout : stderr).trim() };
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
      throw notRunning(this.folder, cause);
    }
  }
}

/** What a process says that may use a server, and not start it. */
export function notRunning(folder: string, cause: Error): InputError {
  return new InputError(
    "postgres-not-running",
    `no database is running in ${folder}, and this process may not start one: run deno task start`,
    { cause },
  );
}

/** File that names where the cluster is, where that is not in its folder. */
export const HOME_NOTE = "home";

/**
 * Where the cluster lies: in the folder, or, where the server's user cannot enter that, in a new one that it can. The note
 * of it is in the folder, so whoever makes that anew begins with a new cluster.
 */
async function homeOf(folder: string, user: ProgramUser): Promise<string> {
  if (await closedFolder(folder, user) === null) return await Deno.realPath(folder);
  const note = `${folder}/${HOME_NOTE}`, noted = await unlessMissing(Deno.readTextFile(note));
  if (noted !== null) return noted;
  const home = `${OPEN_PLACE}/db-${crypto.randomUUID()}`;
  await Deno.mkdir(home, { recursive: true, mode: 0o755 });
  await Deno.writeTextFile(`${note}.part`, home);
  await Deno.rename(`${note}.part`, note);
  return home;
}
