// Chunks of a study as tasks: what they have in common is kept once, each chunk is a task whose result is kept under its
// id. Whoever asks for the same chunk again, also after it has died itself, gets what was made.
import { z } from "zod";
import { CodedError, InputError } from "../errors/mod.ts";
import { sha256Hex } from "../identity/mod.ts";
import { defineTask, type Task } from "./task.ts";
import { EFFECT_CHANNEL, effectsOf, saveText, textOf } from "./task_tables.ts";
import { idOf, type TaskQueue } from "./task_queue.ts";
import type { Sql } from "../database/mod.ts";

/** Name of the task that trades a chunk. */
export const CHUNK_TASK = "trade_chunk";
/** Without a word that a chunk is done, whoever waits looks so often. */
const LOOK_MS = 1_000;

const chunkPayload = z.strictObject({
  study: z.string().regex(/^[0-9a-f]{64}$/),
  /** JSON, as it is: its bytes decide the chunk's id. */
  points: z.string(),
});

/**
 * The task that trades chunks.
 *
 * @param trade Trades points (JSON) of a study (text) into trials (JSON), stopping for a moment now and then, so that the
 * worker is heard of.
 */
export function chunkTask(
  sql: Sql,
  trade: (
    study: { readonly hash: string; readonly text: string },
    points: string,
    signal: AbortSignal,
  ) => Promise<string>,
): Task<z.infer<typeof chunkPayload>, null> {
  return defineTask({
    name: CHUNK_TASK,
    summary: "trade some points of a study; sweep --queue puts them in",
    payload: chunkPayload,
    limits: { heartbeatSeconds: 10, timeoutSeconds: 3_600, retryDelaySeconds: 1 },
    async run({ study: hash, points }, context) {
      const text = await textOf(sql, hash);
      if (text === null) throw new InputError("chunk", "the study of this chunk is gone: start the sweep again");
      const trials = await trade({ hash, text }, points, context.signal);
      await context.once(() => Promise.resolve(trials));
      return null;
    },
  });
}

interface Waiting {
  readonly resolve: (trials: string) => void;
  readonly reject: (error: Error) => void;
}

/** Puts chunks into the queue and waits for their trials. */
export class ChunkBoard {
  readonly #waiting = new Map<string, Waiting>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unlisten: () => Promise<void> = () => Promise.resolve();
  #looking: Promise<void> = Promise.resolve();

  private constructor(readonly queue: TaskQueue) {}

  static async open(queue: TaskQueue): Promise<ChunkBoard> {
    const board = new ChunkBoard(queue);
    const { unlisten } = await queue.sql.listen(EFFECT_CHANNEL, (id) => {
      if (board.#waiting.has(id)) board.#look([id]);
    });
    board.#unlisten = unlisten;
    board.#lookLater();
    return board;
  }

  /** Keeps what the chunks of a study have in common, and gives the name under which they find it. */
  async post(study: string): Promise<string> {
    const hash = sha256Hex(study);
    await saveText(this.queue.sql, hash, study);
    return hash;
  }

  /** The trials of a chunk, as its worker wrote them. @throws {CodedError} `worker` where it fails wherever it is tried. */
  async trade(study: string, points: string): Promise<string> {
    const key = sha256Hex(`${study}\n${points}`), id = idOf(CHUNK_TASK, key);
    const answer = new Promise<string>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    answer.catch(() => {}); // it may be heard of only when its turn comes
    const { created } = await this.queue.enqueue(CHUNK_TASK, { study, points }, { key });
    if (!created) {
      const { state } = await this.queue.show(id);
      if (state === "failed" || state === "cancelled") await this.queue.retry(id);
      this.#look([id]);
    }
    return await answer;
  }

  /** Takes back what is still waited for. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#unlisten().catch(() => {});
    await this.#looking;
    const left = [...this.#waiting.keys()];
    for (const { reject } of this.#waiting.values()) reject(new CodedError("worker", "the study has ended"));
    this.#waiting.clear();
    await Promise.all(left.map((id) => this.queue.cancel(id).catch(() => {})));
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => {
      this.#look([...this.#waiting.keys()]);
      void this.#looking.then(() => this.#lookLater());
    }, LOOK_MS);
  }

  #look(ids: readonly string[]): void {
    this.#looking = this.#looking.then(() => this.#settle(ids)).catch(() => {}); // the database is away: the next look
  }

  async #settle(ids: readonly string[]): Promise<void> {
    const wanted = ids.filter((id) => this.#waiting.has(id));
    if (wanted.length === 0) return;
    const effects = await effectsOf(this.queue.sql, wanted);
    for (const id of wanted) {
      const result = effects.get(id);
      if (result !== undefined) this.#take(id)?.resolve(JSON.parse(result));
    }
    for (const id of wanted.filter((id) => !effects.has(id))) {
      const { state, error } = await this.queue.show(id);
      if (state !== "failed" && state !== "cancelled") continue;
      const why = error?.message ?? "it was cancelled";
      this.#take(id)?.reject(
        new CodedError("worker", `a worker of the sweep failed: ${why}; what was done before is kept`),
      );
    }
  }

  #take(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
