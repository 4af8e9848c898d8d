// The queue of one process: its threads. It knows how to ask them, and nothing of what they do.
import { plainRules, type TrialMetrics } from "../backtest/mod.ts";
import { CodedError, InputError } from "../errors/mod.ts";
import { type CandleColumns, VALUE_COLUMNS } from "../market/mod.ts";
import { commonMemory } from "../series/mod.ts";
import type { ChunkQueue, ChunkStudy, TrialChunk } from "./chunk_queue.ts";
import { knownKernels } from "./known_kernels.ts";
import type { SweepTrial } from "./study.ts";
import { type StudyMessage, type TrialsAnswer, type TrialsMessage, TrialsWriter } from "./trial_message.ts";
import { studyTerms } from "./trial_trader.ts";

/** Most threads that a pool may have. */
export const MOST_WORKERS = 64;

/**
 * Threads that trade trials over columns, all on one copy of the candles. They live until the pool is closed, and can do one
 * study after the other. What goes candle by candle, and rules with kernels of the user's own, are left to who asks.
 */
export class TrialPool implements ChunkQueue {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];
  /** What a thread was told last. */
  readonly #told = new Map<Worker, ToldStudy>();
  /** Memory that the threads have in common, for one study at a time. */
  readonly #memory = new CommonMemory();
  readonly #kernels = knownKernels();

  /** @throws {InputError} `workers` for a size that is no whole number from 1 to {@linkcode MOST_WORKERS}. */
  constructor(readonly size: number) {
    if (!(Number.isInteger(size) && size >= 1 && size <= MOST_WORKERS)) {
      throw new InputError("workers", `a sweep cannot have ${size} workers: use 1 to ${MOST_WORKERS}`);
    }
    const script = new URL("./trial_worker.ts", import.meta.url);
    this.#workers = Array.from({ length: size }, () => new Worker(script, { type: "module" }));
    this.#idle = [...this.#workers];
  }

  async trade({ study, points }: TrialChunk): Promise<(SweepTrial | null)[]> {
    const own = studyTerms(study);
    if ("why" in own) return points.map(() => null);
    const worker = this.#idle.pop() ?? await new Promise<Worker>((resolve) => this.#waiting.push(resolve));
    this.#memory.begin(study);
    try {
      // It makes ready for the study while the rules are prepared here.
      this.#tell(worker, study, own);
      const writer = new TrialsWriter(this.#kernels);
      const isSent = points.map(({ strategy }) => {
        const rules = plainRules(strategy);
        return typeof rules !== "string" && writer.add(rules);
      });
      const figures = isSent.includes(true) ? await asked(worker, { kind: "trials", trials: writer.sent() }) : [];
      let next = 0;
      return points.map(({ index, params }, i) => {
        const metrics = isSent[i] ? figures[next++]! : null;
        return metrics && { index, params, path: "columns", metrics };
      });
    } finally {
      this.#memory.end(study);
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  /** What all trials of a study have in common, unless the thread was told it last. There is no answer. */
  #tell(worker: Worker, study: ChunkStudy, { terms }: Pick<StudyMessage, "terms">): void {
    const told = this.#memory.of(study);
    if (this.#told.get(worker) === told) return;
    const { candles: { used, tradeFromMs }, money, perBar } = study, { common } = told;
    const message: StudyMessage = {
      kind: "study",
      used: used.map(inSharedMemory),
      tradeFromMs,
      terms,
      money,
      perBar,
      common,
    };
    worker.postMessage(message);
    this.#told.set(worker, told);
  }

  close(): void {
    this.#workers.forEach((worker) => worker.terminate());
  }
}

/** A study and the memory of its threads, from when they got it to when another study did. */
interface ToldStudy {
  readonly study: ChunkStudy;
  readonly common: WebAssembly.Memory | null;
}

/** Memory for the threads of a pool: the same one for study after study, as filling it anew is faster than getting it. */
class CommonMemory {
  #told: ToldStudy | null = null;
  /** Chunks of each study that are being traded. */
  readonly #running = new Map<ChunkStudy, number>();

  begin(study: ChunkStudy): void {
    this.#running.set(study, (this.#running.get(study) ?? 0) + 1);
  }

  end(study: ChunkStudy): void {
    const left = this.#running.get(study)! - 1;
    if (left > 0) this.#running.set(study, left);
    else this.#running.delete(study);
  }

  of(study: ChunkStudy): ToldStudy {
    if (this.#told?.study === study) return this.#told;
    const isFree = this.#told !== null && !this.#running.has(this.#told.study);
    return this.#told = { study, common: commonMemory(isFree ? this.#told!.common : null) };
  }
}

function asked(worker: Worker, message: TrialsMessage): Promise<readonly (TrialMetrics | null)[]> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new CodedError("worker", `a thread of the sweep failed: ${reason}; what was done before is kept`));
    worker.onmessage = ({ data }: MessageEvent<TrialsAnswer>) =>
      "error" in data ? fail(data.error) : resolve(data.metrics);
    worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message);
    };
    worker.postMessage(message);
  });
}

/** Copies in shared memory: the next study is often about the same candles, or about a part of them. */
const shared = new WeakMap<ArrayBufferLike, SharedArrayBuffer>();

/** The same candles in memory that threads share instead of copying it; those that lie there already stay as they are. */
function inSharedMemory(candles: CandleColumns): CandleColumns {
  const columns = (["openTimeMs", ...VALUE_COLUMNS] as const).map((name) => [name, sharedView(candles[name])] as const);
  return { ...candles, ...Object.fromEntries(columns) };
}

/** A view of the copy of all that a column is a part of. */
function sharedView({ buffer, byteOffset, length }: Float64Array): Float64Array {
  const view = (of: SharedArrayBuffer) => new Float64Array(of as unknown as ArrayBuffer, byteOffset, length);
  if (buffer instanceof SharedArrayBuffer) return view(buffer);
  let copy = shared.get(buffer);
  if (copy === undefined) {
    copy = new SharedArrayBuffer(buffer.byteLength);
    new Uint8Array(copy).set(new Uint8Array(buffer));
    shared.set(buffer, copy);
  }
  return view(copy);
}
