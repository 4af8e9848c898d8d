// Test support only: processes that share an embedded server, and the sudden death of the server itself.
import { Cluster } from "../database/cluster.ts";
import { serverPrograms, unpackServer } from "../database/mod.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
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

/** A process that opens the database below a folder. */
function opening(dataDir: string, programs: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "run",
        "-q",
        "--no-check",
        "--no-prompt",
        // Whoever may start no program sees no more than its own folders, as who trades.
        programs.length > 0 ? "--allow-read" : `--allow-read=${ROOT},${dataDir}`,
        `--allow-write=${dataDir}`,
        "--allow-sys=uid,hostname",
      ],
      ...[
        "--allow-net=127.0.0.1",
        "--ignore-env",
        ...(programs.length > 0 ? [`--allow-run=${programs}`] : []),
        SCRIPT,
        dataDir,
      ],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/** What a process says that may start no program, and finds no server. */
export async function refusalOf(dataDir: string): Promise<string> {
  const child = opening(dataDir, []).spawn();
  await child.stdin.close();
  return new TextDecoder().decode((await child.output()).stderr);
}

/** Starts a process that opens the database below a folder, and waits until it has. */
export async function databaseProcess(dataDir: string): Promise<DatabaseProcess> {
  const child = opening(dataDir, serverPrograms(await unpackServer())).spawn();
  let text = "";
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the process ended early: ${await new Response(child.stderr).text()}`);
    text += value;
  }
  const finish = async () => {
    await child.status;
    await Promise.all([reader.cancel(), child.stderr.cancel()]);
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
