import type { Sql } from "../database/mod.ts";
import { saveProgress, type TaskProgress } from "./task_tables.ts";

/** Between two writes at least. */
const PAUSE_MS = 500;

/** Writes how far a task is: the latest that was said, seldom, one at a time. What cannot be written is left out. */
export class ProgressWriter {
  #latest: TaskProgress | null = null;
  #writing: Promise<void> | null = null;
  #ended = false;
  #wake = () => {};

  constructor(readonly sql: Sql, readonly id: string) {}

  say(progress: TaskProgress): void {
    this.#latest = progress;
    this.#writing ??= this.#write();
  }

  /** Writes what was said last. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#wake();
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#latest !== null) {
      const latest = this.#latest;
      this.#latest = null;
      await saveProgress(this.sql, this.id, latest).catch(() => {}); // progress is worth no failure
      if (!this.#ended) await this.#pause();
    }
    this.#writing = null;
  }

  async #pause(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, PAUSE_MS);
    });
    clearTimeout(timer);
  }
}
