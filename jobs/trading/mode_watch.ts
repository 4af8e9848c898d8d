// The account's mode while a session runs: lowered, it counts from the next look on; raised, from a resume on.
import type { Sql } from "../../engine/database/mod.ts";
import type { SessionRunner, SystemScheduler, TradingMode } from "../../engine/live/mod.ts";
import { modeInForce } from "../../engine/security/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import type { LiveMode } from "./live_wish.ts";
import { type AllowedMode, allowedMode } from "./session_mode.ts";
import type { LiveTerms } from "./session_settings.ts";

const LOOK_MS = 250;
/** Of the modes of a session, from the least on. */
const ORDER = ["readOnly", "reduceOnly", "trade"];

/** Looks at the mode's row again and again. While the database is away nothing leaves anyway: the lease cannot be renewed. */
export class ModeWatch {
  #allowed: AllowedMode;

  private constructor(
    readonly sql: Sql,
    readonly account: string,
    readonly started: LiveMode,
    readonly terms: LiveTerms,
    allowed: AllowedMode,
  ) {
    this.#allowed = allowed;
  }

  /** Looks for the first time. */
  static async begin(sql: Sql, account: string, started: LiveMode, terms: LiveTerms): Promise<ModeWatch> {
    const row = await modeInForce(sql, account, systemClock.now());
    return new ModeWatch(sql, account, started, terms, allowedMode(started, row, terms));
  }

  /** What the session may do; `readOnly` where it is to end. */
  get mode(): TradingMode {
    return this.#allowed.mode ?? "readOnly";
  }

  get reason(): string {
    return this.#allowed.reason;
  }

  /** Goes on looking: a session whose mode is lowered opens nothing more, one that may not look any more ends. */
  follow(runner: SessionRunner, real: SystemScheduler, say: (line: string) => void, signal: AbortSignal): void {
    const look = async () => {
      if (signal.aborted) return;
      try {
        const row = await modeInForce(this.sql, this.account, systemClock.now());
        this.#take(allowedMode(this.started, row, this.terms), runner, say);
      } catch {
        // The database is away: the session says so, and nothing leaves until it is back.
      }
      if (!signal.aborted) real.after(LOOK_MS, () => void look());
    };
    void look();
  }

  #take(now: AllowedMode, runner: SessionRunner, say: (line: string) => void): void {
    const before = this.#allowed;
    this.#allowed = now;
    if (now.mode === null) return void runner.close(`stopped: ${now.reason}`);
    if (now.mode === before.mode) return;
    say(`the mode is ${now.mode}: ${now.reason}`);
    if (ORDER.indexOf(now.mode) < ORDER.indexOf(before.mode ?? "trade")) runner.halt(now.reason, false);
  }
}
