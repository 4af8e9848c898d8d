// The queue of one host: processes of the same program. One that dies is replaced, and its chunk is traded again.
import { TextLineStream } from "./text_line_stream.ts";
import { CodedError, InputError } from "../engine/errors/mod.ts";
import {
  type ChunkQueue,
  type ChunkStudy,
  MOST_WORKERS,
  type SweepTrial,
  type TrialChunk,
} from "../engine/research/mod.ts";
import type { ChunkAnswer, ChunkRequest, SentPoint, SentStudy } from "./chunk_message.ts";
import { sentStudy, tradedElsewhere } from "./sent_chunk.ts";
import { lakeHosts } from "./service_hosts.ts";
import { readSettings } from "./settings.ts";

/** How often a chunk is tried before it is the chunk that is taken to be at fault. */
const MOST_TRIES = 3;

/** Processes that trade chunks, each with the candles of the lake in its own memory. */
export class ProcessQueue implements ChunkQueue {
  readonly #idle: WorkerProcess[];
  readonly #all = new Set<WorkerProcess>();
  readonly #waiting: ((worker: WorkerProcess) => void)[] = [];
  readonly #sent = new WeakMap<ChunkStudy, Promise<SentStudy>>();

  constructor(readonly size: number, readonly dataDir: string) {
    if (!(size >= 1 && size <= MOST_WORKERS)) {
      throw new InputError("workers", `a sweep cannot have ${size} processes: use 1 to ${MOST_WORKERS}`);
    }
    this.#idle = Array.from({ length: size }, () => this.#start());
  }

  /** Numbers of the processes, as the system knows them. */
  get pids(): number[] {
    return Array.from(this.#all, ({ pid }) => pid);
  }

  trade({ study, points }: TrialChunk): Promise<(SweepTrial | null)[]> {
    return tradedElsewhere(study, points, (sent) => this.#traded(study, sent));
  }

  async #traded(study: ChunkStudy, points: readonly SentPoint[]): Promise<readonly SweepTrial[]> {
    for (let tries = 1;; tries++) {
      let worker = this.#idle.pop() ?? await new Promise<WorkerProcess>((resolve) => this.#waiting.push(resolve));
      try {
        await worker.tell(study, () => this.#sentStudy(study));
        return await worker.ask({ points });
      } catch (error) {
        if (!(error instanceof LostWorker) || tries === MOST_TRIES) throw error;
        this.#all.delete(worker);
        worker = this.#start();
      } finally {
        const next = this.#waiting.shift();
        if (next === undefined) this.#idle.push(worker);
        else next(worker);
      }
    }
  }

  #sentStudy(study: ChunkStudy): Promise<SentStudy> {
    let sent = this.#sent.get(study);
    if (sent === undefined) this.#sent.set(study, sent = sentStudy(study));
    return sent;
  }

  #start(): WorkerProcess {
    const worker = new WorkerProcess(this.dataDir);
    this.#all.add(worker);
    return worker;
  }

  close(): void {
    for (const worker of this.#all) worker.end();
  }
}

/** The process is gone: what it was asked is not answered any more. */
class LostWorker extends CodedError {}

/** One process: what it is asked goes to its standard input, what it answers comes from its standard output. */
class WorkerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncIterator<string>;
  #told: ChunkStudy | null = null;

  constructor(dataDir: string) {
    const net = lakeHosts(readSettings().values).map((host) => `--allow-net=${host}`);
    const flags = ["--quiet", "-P=lake", ...net, "--no-prompt", "--v8-flags=--min-semi-space-size=32"];
    const program = new URL("./main.ts", import.meta.url).pathname;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, program, "worker", "--stdio"],
      env: { CRYPTO_TRADER_DATA_DIR: dataDir },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    const lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    this.#answers = lines[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Tells it what the next chunks have in common, unless it has heard just that before. */
  async tell(study: ChunkStudy, sent: () => Promise<SentStudy>): Promise<void> {
    if (this.#told === study) return;
    await this.ask({ study: await sent() });
    this.#told = study;
  }

  async ask(request: ChunkRequest): Promise<readonly SweepTrial[]> {
    const answer = await this.#answerTo(request);
    if ("trials" in answer) return answer.trials;
    throw new CodedError(
      "worker",
      `a process of the sweep failed: ${answer.error.message}; what was done before is kept`,
    );
  }

  async #answerTo(request: ChunkRequest): Promise<ChunkAnswer> {
    try {
      await this.#input.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
      const { value, done } = await this.#answers.next();
      if (!done) return JSON.parse(value);
    } catch (cause) {
      throw new LostWorker("worker", `process ${this.pid} of the sweep was lost; what was done before is kept`, {
        cause,
      });
    }
    throw new LostWorker("worker", `process ${this.pid} of the sweep was lost; what was done before is kept`);
  }

  /** Ends it, whatever it does. */
  end(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
  }
}
