// A trading process that is to be killed, or stopped, when it says where it is.
import { TextLineStream } from "../text_line_stream.ts";
import type { CrashWord } from "./crashing_process.ts";

/** What is started. */
export interface VictimOptions {
  readonly what: "trade" | "watch" | "kill";
  /** Session, or data folder. */
  readonly subject: string;
  /** Where it comes to a stand; none without it. */
  readonly label?: string;
  readonly n?: number;
  readonly dataDir: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Longer than a signal takes to arrive, and shorter than a lease: who is stopped meanwhile goes on by itself afterwards. */
const STANDSTILL_MS = 1_500;
const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const SCRIPT = decodeURIComponent(new URL("./crashing_process.ts", import.meta.url).pathname);

/** A process of its own with the rights of `trade` or `watchdog`. */
export class CrashVictim {
  readonly child: Deno.ChildProcess;
  /** When it came to its label; never where it does not. */
  readonly passed: Promise<void>;
  /** When it trades, or watches. */
  readonly leads: Promise<void>;
  /** Since when it does so, by `performance.now`; null where it does not yet. */
  leadsSinceMs: number | null = null;
  readonly lines: string[] = [];
  /** How often it came by each place; null until it has ended in order. */
  labels: Readonly<Record<string, number>> | null = null;
  readonly #heard: Promise<unknown>;

  constructor({ what, subject, label = "", n = 1, dataDir, environment }: VictimOptions) {
    const isWatch = what === "watch";
    this.child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "--no-check", `-P=${isWatch ? "watchdog" : "trader"}`, "--no-prompt", "--allow-net=127.0.0.1"],
        ...[`--allow-read=${ROOT},${dataDir}`, `--allow-write=${dataDir}${isWatch ? "/watchdog" : ""}`],
        ...[SCRIPT, what, subject, label, `${n}`, `${STANDSTILL_MS}`],
      ],
      env: environment,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const passed = Promise.withResolvers<void>(), leads = Promise.withResolvers<void>();
    this.passed = passed.promise;
    this.leads = leads.promise;
    this.#heard = Promise.all([
      each(this.child.stdout, (line) => {
        if (!line.startsWith("{")) return;
        const word: CrashWord = JSON.parse(line);
        if ("passed" in word) passed.resolve();
        else this.labels = word.labels;
      }),
      each(this.child.stderr, (line) => {
        this.lines.push(line);
        if (!/ trading .* under epoch \d+| watching session /.test(line)) return;
        this.leadsSinceMs ??= performance.now();
        leads.resolve();
      }),
    ]);
  }

  get ended(): Promise<Deno.CommandStatus> {
    return this.child.status;
  }

  signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    try {
      this.child.kill(name);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
  }

  /** Kills it, and waits for its end. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended;
    await this.#heard;
    await this.child.stdin.close().catch(() => {});
  }

  /** Tells it to end in order, as its supervisor does. */
  async close(): Promise<void> {
    await this.child.stdin.close().catch(() => {});
  }

  /** Waits for its end. */
  async gone(): Promise<Deno.CommandStatus> {
    const status = await this.ended;
    await this.#heard;
    await this.child.stdin.close().catch(() => {});
    return status;
  }
}

async function each(stream: ReadableStream<Uint8Array<ArrayBuffer>>, hear: (line: string) => void): Promise<void> {
  for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) hear(line);
}
