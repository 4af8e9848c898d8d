import type { ChunkQueue, ChunkStudy, SweepTrial, TrialChunk } from "../research/mod.ts";
import { ChunkBoard } from "./task_chunks.ts";
import type { TaskQueue } from "./task_queue.ts";

/** How a study and its points become text for a worker, and which points can be sent. */
export interface ChunkForm {
  study(study: ChunkStudy): Promise<string>;
  /** The trials of a chunk, null for those that cannot be sent. @param trade Gives the trials (JSON) of points (JSON). */
  trade(chunk: TrialChunk, trade: (points: string) => Promise<string>): Promise<(SweepTrial | null)[]>;
}

/** Where chunks go, and how it is left. */
export interface OpenQueue {
  readonly queue: TaskQueue;
  close(): Promise<void>;
}

/** Trades chunks in whichever workers there are, on this host and others. Workers may come, die and go meanwhile. */
export class TaskChunkQueue implements ChunkQueue {
  #open: Promise<{ readonly left: OpenQueue; readonly board: ChunkBoard }> | null = null;
  readonly #posted = new WeakMap<ChunkStudy, Promise<string>>();

  /** @param size Chunks that are put in at once: more than there are workers, so that none waits. */
  constructor(readonly form: ChunkForm, readonly open: () => Promise<OpenQueue>, readonly size: number) {}

  async trade(chunk: TrialChunk): Promise<(SweepTrial | null)[]> {
    const { board } = await (this.#open ??= this.#opened());
    let posted = this.#posted.get(chunk.study);
    if (posted === undefined) {
      this.#posted.set(chunk.study, posted = this.form.study(chunk.study).then((text) => board.post(text)));
    }
    const study = await posted;
    return await this.form.trade(chunk, (points) => board.trade(study, points));
  }

  async close(): Promise<void> {
    const opened = await this.#open?.catch(() => null);
    await opened?.board.close();
    await opened?.left.close();
  }

  async #opened() {
    const left = await this.open();
    return { left, board: await ChunkBoard.open(left.queue) };
  }
}
