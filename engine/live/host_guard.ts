// Whether this machine is fit to open positions: a clock that agrees with the venue's, and a loop that does not stand still.
import type { Scheduler } from "../time/mod.ts";
import { MINUTE_MS } from "../time/mod.ts";
import type { Alarm } from "./trading_session.ts";

export interface HostGuardParts {
  /** Of the machine: its wall clock, which somebody may set, and its timers. */
  readonly real: Scheduler;
  /** Milliseconds that nobody can set. */
  readonly monotonic: () => number;
  /** The venue's clock minus the machine's, milliseconds; rejects where the venue does not tell. */
  readonly skewMs: () => Promise<number>;
  readonly alarm: (alarm: Alarm) => void;
  /** The wall clock was set, or the machine slept: what was believed may be old. */
  readonly jumped: (reason: string) => void;
  readonly signal: AbortSignal;
  /** The loop is looked at so often, milliseconds; {@linkcode LOOK_MS} unless stated. */
  readonly lookMs?: number;
}

const LOOK_MS = 250;
/** Standing still for so long means that what was decided meanwhile was decided late (fault 58); it counts for a while. */
const MOST_LAG_MS = 4_000, LAG_COUNTS_MS = 10_000;
/** Wall clock and monotonic clock drift apart by less between two looks, unless somebody sets one (fault 47). */
const MOST_JUMP_MS = 1_000;
/** Clocks that differ by more have requests refused, and candles close at other times (fault 46). */
export const MOST_SKEW_MS = 500;
/** The venue's clock is asked for so often, and sooner again where it was not told; an answer counts for so long. */
const ASK_MS = MINUTE_MS, ASK_AGAIN_MS = 2_000, ANSWER_COUNTS_MS = 10 * MINUTE_MS;

/** Watches the machine for as long as a session trades. */
export class HostGuard {
  readonly #parts: HostGuardParts;
  readonly #lookMs: number;
  #stoodStillMs = 0;
  #stoodStillUntilMs = -Infinity;
  #skewMs = 0;
  /** A predecessor's answer says nothing of the clock as it is now. */
  #skewKnownUntilMs = -Infinity;
  #isTold = false;

  private constructor(parts: HostGuardParts) {
    this.#parts = parts;
    this.#lookMs = parts.lookMs ?? LOOK_MS;
  }

  /** Begins to watch. */
  static watch(parts: HostGuardParts): HostGuard {
    const guard = new HostGuard(parts);
    guard.#look(parts.real.now(), parts.monotonic());
    guard.#ask();
    return guard;
  }

  /** Why nothing new may be opened now; null where the machine is fit. */
  get unfit(): string | null {
    const nowMs = this.#parts.monotonic();
    if (nowMs < this.#stoodStillUntilMs) return `this process stood still for ${Math.round(this.#stoodStillMs)} ms`;
    if (nowMs > this.#skewKnownUntilMs) return "the venue has not told its clock";
    if (!(Math.abs(this.#skewMs) < MOST_SKEW_MS)) return `the venue's clock differs by ${this.#skewMs} ms`;
    return null;
  }

  #look(wallMs: number, steadyMs: number): void {
    const { real, monotonic, alarm, jumped, signal } = this.#parts;
    real.after(this.#lookMs, () => {
      if (signal.aborted) return;
      const wall = real.now(), steady = monotonic(), lagMs = steady - steadyMs - this.#lookMs;
      if (lagMs > MOST_LAG_MS) {
        this.#stoodStillMs = lagMs;
        this.#stoodStillUntilMs = steady + LAG_COUNTS_MS;
        alarm({ code: "stood-still", message: `nothing is opened for ${LAG_COUNTS_MS / 1_000} s: ${this.unfit}` });
      }
      const jumpMs = (wall - wallMs) - (steady - steadyMs);
      if (Math.abs(jumpMs) > MOST_JUMP_MS) {
        jumped(`the machine's clock was set, or it slept: ${Math.round(jumpMs)} ms`);
        void this.#measure();
      }
      this.#look(wall, steady);
    });
  }

  #ask(): void {
    const { real, signal } = this.#parts;
    void this.#measure().then((isTold) =>
      real.after(isTold ? ASK_MS : ASK_AGAIN_MS, () => signal.aborted || this.#ask())
    );
  }

  /** False where the venue does not tell: what it told before counts for a while. */
  async #measure(): Promise<boolean> {
    try {
      this.#skewMs = await this.#parts.skewMs();
    } catch {
      return false;
    }
    this.#skewKnownUntilMs = this.#parts.monotonic() + ANSWER_COUNTS_MS;
    this.#tell();
    return true;
  }

  /** Once each time that the clocks part. */
  #tell(): void {
    const isApart = !(Math.abs(this.#skewMs) < MOST_SKEW_MS);
    if (isApart && !this.#isTold) {
      this.#parts.alarm({
        code: "clock-skew",
        message: `nothing is opened until this machine's clock is set: the venue's differs by ${this.#skewMs} ms`,
      });
    }
    this.#isTold = isApart;
  }
}
