// A process of this program, with a permission set of its own, as the supervisor keeps it.
import type { Charge, RunningCharge } from "./supervisor.ts";
import { TextLineStream } from "./text_line_stream.ts";

/** How long a process may take to let go of its work before it is killed. */
const GRACE_MS = 15_000;

/** What is started. */
export interface ProcessOptions {
  readonly name: string;
  /** Name of its set in deno.json. */
  readonly permissions: string;
  /** Hosts that it may reach, in place of those of the set. */
  readonly hosts: readonly string[];
  /** A folder in which it may write, beside those of its set. */
  readonly writes?: string;
  /** Command and options. */
  readonly args: readonly string[];
  /** Hears each line that it says. */
  readonly say: (line: string) => void;
  /** What it is given first on its standard input, at each start; not kept by anybody else. */
  readonly input?: () => string;
}

/** A command of this program that runs until its standard input ends: with us, however we die. */
export function processCharge({ name, permissions, hosts, writes, args, say, input }: ProcessOptions): Charge {
  const program = new URL("./main.ts", import.meta.url).pathname;
  const flags = ["--quiet", `-P=${permissions}`, "--no-prompt", `--allow-net=${hosts.join(",")}`];
  if (writes !== undefined) flags.push(`--allow-write=${writes}`);
  return {
    name,
    async start() {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", ...flags, program, ...args, "--supervised"],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      for (const output of [child.stdout, child.stderr]) void speak(output, (line) => say(`[${name}] ${line}`));
      if (input !== undefined) await give(child.stdin, input());
      return runningProcess(child);
    },
  };
}

/** One that has died already says so by its end. */
async function give(stdin: WritableStream<Uint8Array<ArrayBuffer>>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(text)).catch(() => {});
  writer.releaseLock();
}

function runningProcess(child: Deno.ChildProcess): RunningCharge {
  const ended = child.status.then(({ code, signal }) => signal === null ? `status ${code}` : `signal ${signal}`);
  return {
    detail: `process ${child.pid}`,
    ended,
    async stop() {
      await child.stdin.close().catch(() => {});
      const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function speak(output: ReadableStream<Uint8Array<ArrayBuffer>>, say: (line: string) => void): Promise<void> {
  const lines = output.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) say(line);
}
