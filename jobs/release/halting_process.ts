import { WorldProcess } from "../../engine/live/world/world_process.ts";

/** A process that goes on after a halt as a real one does: with what it was in the middle of, then with one thing after the other. */
export class HaltingProcess extends WorldProcess {
  #isHalted = false;
  readonly #kept: (() => void)[] = [];

  override get isStopped(): boolean {
    return this.#isHalted;
  }

  override deliver(work: () => void): void {
    if (this.#isHalted) this.#kept.push(work);
    else super.deliver(work);
  }

  override stop(): void {
    this.#isHalted = true;
  }

  override goOn(): void {
    this.#isHalted = false;
    // Promises have their turns in between.
    for (const work of this.#kept.splice(0)) this.world.after(0, () => this.deliver(work));
  }
}
