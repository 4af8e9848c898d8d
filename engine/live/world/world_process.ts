import type { Scheduler, TimestampMs } from "../../time/mod.ts";
import type { WorldClock } from "./world_clock.ts";

/** What a process that was killed at a label of its own throws on its way out: nothing that it does then counts. */
export class ProcessKilled extends Error {
  override readonly name = "ProcessKilled";
}

/**
 * A process of the world: its timers, and all that reaches it, come through here. Killed, nothing does any more; stopped,
 * all of it waits until it goes on.
 */
export class WorldProcess implements Scheduler {
  #isAlive = true;
  #isStopped = false;
  readonly #held: (() => void)[] = [];
  /** The label at which it dies next; null where at none. */
  #deadly: string | null = null;
  /** How long it stands still before the next order, milliseconds; 0 where not before this one. */
  #pauseMs: (() => number) | null = null;
  #diedAfterSend: (() => void) | null = null;
  #whilePaused: () => void = () => {};

  constructor(readonly world: WorldClock, readonly name: string, readonly wallOffsetMs: () => number = () => 0) {}

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  now(): TimestampMs {
    return this.world.now() + this.wallOffsetMs() as TimestampMs;
  }

  monotonic(): number {
    return this.world.now();
  }

  after(delayMs: number, work: () => void): () => void {
    return this.world.after(delayMs, () => this.deliver(work));
  }

  /** Lets something reach the process, as soon as it can hear. */
  deliver(work: () => void): void {
    if (!this.#isAlive) return;
    if (this.#isStopped) return void this.#held.push(work);
    this.world.stir();
    try {
      work();
    } catch (error) {
      // It has died on the way: whoever brought it the news goes on.
      if (!(error instanceof ProcessKilled)) throw error;
    }
  }

  kill(): void {
    this.#isAlive = false;
    this.#held.length = 0;
  }

  /** As SIGSTOP does. */
  stop(): void {
    this.#isStopped = true;
  }

  /** As SIGCONT does. */
  goOn(): void {
    this.#isStopped = false;
    for (const work of this.#held.splice(0)) this.deliver(work);
  }

  /** Lets it die at the next moment at which it comes by this label. */
  dieAt(label: string): void {
    this.#deadly = label;
  }

  /** Nothing that waits for it to come by somewhere befalls it any more. */
  spare(): void {
    this.#deadly = null;
    this.#pauseMs = null;
    this.#diedAfterSend = null;
  }

  /** Lets it stand still right before the next order leaves, for the first time that is above 0; something else happens then. */
  pauseBeforeSend(pauseMs: () => number, meanwhile: () => void): void {
    this.#pauseMs = pauseMs;
    this.#whilePaused = meanwhile;
  }

  /** Stands still where it was told to; undefined where it was not. */
  standStill(label: string): Promise<void> | undefined {
    if (label !== "before sign" || this.#pauseMs === null || this.#isStopped) return undefined;
    const pauseMs = this.#pauseMs();
    if (pauseMs === 0) return undefined;
    this.#pauseMs = null;
    this.stop();
    this.world.after(0, this.#whilePaused);
    this.world.after(pauseMs, () => this.goOn());
    return new Promise((resolve) => this.deliver(resolve));
  }

  /** Lets it die right after the next order has left, which will arrive late. */
  dieAfterSend(died: () => void): void {
    this.#diedAfterSend = died;
  }

  /** True when it dies now that an order leaves. */
  diesAfterSend(): boolean {
    const died = this.#diedAfterSend;
    if (died === null || !this.#isAlive) return false;
    this.#diedAfterSend = null;
    this.world.after(0, () => {
      if (!this.#isAlive) return;
      this.kill();
      died();
    });
    return true;
  }

  /** The process comes by a label. */
  reach(label: string): void {
    if (!this.#isAlive) throw new ProcessKilled(label);
    if (label !== this.#deadly) return;
    this.#deadly = null;
    this.kill();
    throw new ProcessKilled(label);
  }
}
