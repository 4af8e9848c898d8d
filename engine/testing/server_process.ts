// Test support only: processes that share an embedded server, and the sudden death of the server itself.
import { Cluster } from "../database/cluster.ts";
import { serverPrograms, unpackServer } from "../database/mod.ts";

const SCRIPT = decodeURIComponent(new URL("./database_process.ts", import.meta.url).pathname);

/** What such a process says of the server that it found or started. */
export interface ServerPlace {
  readonly port: number;
  readonly started: string;
  /** Number of the server's process behind its connection. */
  readonly connection: number;
}

/** A process that has the embedded database open. */
export interface DatabaseProcess {
  readonly place: ServerPlace;
  kill(): Promise<void>;
  /** Lets it close the database and end. */
  end(): Promise<void>;
}

/** Starts a process that opens the database below a folder, and waits until it has. */
export async function databaseProcess(dataDir: string): Promise<DatabaseProcess> {
  const programs = serverPrograms(await unpackServer());
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "run",
        "-q",
        "--no-check",
        "--no-prompt",
        "--allow-read",
        `--allow-write=${dataDir}`,
        "--allow-sys=uid,hostname",
      ],
      ...["--allow-net=127.0.0.1", "--ignore-env", `--allow-run=${programs}`, SCRIPT, dataDir],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the process ended early: ${text}`);
    text += value;
  }
  const finish = async () => {
    await child.status;
    await reader.cancel();
  };
  return {
    place: JSON.parse(text),
    async kill() {
      child.kill("SIGKILL");
      await child.stdin.abort().catch(() => {});
      await finish();
    },
    async end() {
      await child.stdin.close();
      await finish();
    },
  };
}

/** Number of the server's own process. */
export async function serverPid(dataDir: string): Promise<number> {
  return Number((await Deno.readTextFile(`${dataDir}/db/cluster/postmaster.pid`)).split("\n")[0]);
}

/** Kills the embedded server below a folder as `kill -9` does. */
export async function killServer(dataDir: string): Promise<void> {
  const { files, user } = await Cluster.of(`${dataDir}/db`, await unpackServer());
  const args = ["kill", "KILL", `${await serverPid(dataDir)}`];
  const { success } = await new Deno.Command(`${files.bin}/pg_ctl`, { args, ...user, cwd: "/" }).output();
  if (!success) throw new Error("the server could not be killed");
}
