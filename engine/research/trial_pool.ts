// The pool of threads of a sweep. It knows how to ask them, and nothing of what they do.
import { CodedError, InputError } from "../errors/mod.ts";
import { type CandleColumns, VALUE_COLUMNS } from "../market/mod.ts";
import type { TrialMetrics } from "../backtest/mod.ts";
import type { SentRules, StudyMessage, TrialsAnswer, TrialsMessage } from "./trial_message.ts";

/** Most threads that a pool may have. */
export const MOST_WORKERS = 64;

/** Threads that trade trials. They live until the pool is closed, and can do one study after the other. */
export class TrialPool {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];
  /** The study that all of them know. */
  #study: Omit<StudyMessage, "kind"> | null = null;

  /** @throws {InputError} `workers` for a size that is no whole number from 1 to {@linkcode MOST_WORKERS}. */
  constructor(readonly size: number) {
    if (!(Number.isInteger(size) && size >= 1 && size <= MOST_WORKERS)) {
      throw new InputError("workers", `a sweep cannot have ${size} workers: use 1 to ${MOST_WORKERS}`);
    }
    const script = new URL("./trial_worker.ts", import.meta.url);
    this.#workers = Array.from({ length: size }, () => new Worker(script, { type: "module" }));
    this.#idle = [...this.#workers];
  }

  /** Tells all of them what the next trials have in common, unless they have heard just that before. */
  async begin(study: Omit<StudyMessage, "kind">): Promise<void> {
    if (study === this.#study) return;
    this.#study = null;
    const message = { ...study, kind: "study", used: study.used.map(inSharedMemory) } as const;
    await Promise.all(this.#workers.map((worker) => asked(worker, message)));
    this.#study = study;
  }

  /** Trades trials on the next thread that has nothing to do. */
  async trade(rules: readonly SentRules[]): Promise<readonly (TrialMetrics | null)[]> {
    const worker = this.#idle.pop() ?? await new Promise<Worker>((resolve) => this.#waiting.push(resolve));
    try {
      return await asked(worker, { kind: "trials", rules });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  /** Ends the threads, whatever they do. */
  close(): void {
    this.#workers.forEach((worker) => worker.terminate());
  }
}

function asked(worker: Worker, message: StudyMessage | TrialsMessage): Promise<readonly (TrialMetrics | null)[]> {
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

/** Candles in shared memory, by the closes that they were copied from: the next study is often about the same ones. */
const shared = new WeakMap<Float64Array, CandleColumns>();

/** The same candles in memory that threads share instead of copying it; those that lie there already stay as they are. */
function inSharedMemory(candles: CandleColumns): CandleColumns {
  if (candles.close.buffer instanceof SharedArrayBuffer) return candles;
  const known = shared.get(candles.close);
  if (known !== undefined && known.length === candles.length) return known;
  const names = ["openTimeMs", ...VALUE_COLUMNS] as const, bytes = candles.length * 8;
  const buffer = new SharedArrayBuffer(names.length * bytes);
  const columns = names.map((name, i) => {
    const column = new Float64Array(buffer as unknown as ArrayBuffer, i * bytes, candles.length);
    column.set(candles[name]);
    return [name, column] as const;
  });
  const copy = { ...candles, ...Object.fromEntries(columns) };
  shared.set(candles.close, copy);
  return copy;
}
