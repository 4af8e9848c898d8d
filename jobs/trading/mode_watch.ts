// The account's mode while a session runs: lowered, it counts from the next look on; raised, from a resume on.
import type { Sql } from "../../engine/database/mod.ts";
import type { SessionRunner, TradingMode } from "../../engine/live/mod.ts";
import type { Severity } from "../../engine/notifications/mod.ts";
import { type AccountMode, modeInForce } from "../../engine/security/mod.ts";
import { formatTimestamp, MINUTE_MS, type Scheduler, systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import type { LiveMode } from "./live_wish.ts";
import { type AllowedMode, allowedMode } from "./session_mode.ts";
import type { LiveTerms } from "./session_settings.ts";

const LOOK_MS = 250;
/** A mode that could not be read for so long counts no more. */
const UNREAD_MS = 5_000;
/** So long before it lapses people are told. */
const WARN_MS = 60 * MINUTE_MS;
/** Of the modes of a session, from the least on. */
const ORDER = ["readOnly", "reduceOnly", "trade"];

/** What follows from what is seen. */
export interface FollowParts {
  readonly runner: Pick<SessionRunner, "halt" | "close">;
  readonly real: Scheduler;
  readonly say: (line: string) => void;
  readonly tell: (severity: Severity, kind: string, title: string, text: string) => void;
  readonly signal: AbortSignal;
}

/** Looks at the mode's row again and again. While the database is away nothing leaves anyway: the lease cannot be renewed. */
export class ModeWatch {
  #allowed: AllowedMode;
  #readAtMs = performance.now();
  #warnedOf: number | null = null;

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
  follow(parts: FollowParts): void {
    const { real, signal } = parts;
    const look = async () => {
      if (signal.aborted) return;
      try {
        const row = await modeInForce(this.sql, this.account, systemClock.now());
        this.#readAtMs = performance.now();
        this.#take(allowedMode(this.started, row, this.terms), parts);
        this.#warn(row, parts);
      } catch (error) {
        // While the database is away nothing leaves: the lease ends first. What else is wrong must not keep a mode up (I15).
        if (performance.now() - this.#readAtMs > UNREAD_MS) this.#take(this.#unread(error as Error), parts);
      }
      if (!signal.aborted) real.after(LOOK_MS, () => void look());
    };
    void look();
  }

  #unread({ message }: Error): AllowedMode {
    const mode = this.started === "readOnly" ? "readOnly" : "reduceOnly";
    return { mode, reason: `the mode of ${this.account} cannot be read: ${message}` };
  }

  #take(now: AllowedMode, { runner, say }: FollowParts): void {
    const before = this.#allowed;
    this.#allowed = now;
    if (now.mode === null) return void runner.close(`stopped: ${now.reason}`);
    if (now.mode === before.mode) return;
    say(`the mode is ${now.mode}: ${now.reason}`);
    if (ORDER.indexOf(now.mode) < ORDER.indexOf(before.mode ?? "trade")) runner.halt(now.reason, false);
  }

  /** Once for each time that the mode was raised. */
  #warn({ untilMs }: AccountMode, { tell }: FollowParts): void {
    if (untilMs === null || untilMs === this.#warnedOf || untilMs - systemClock.now() > WARN_MS) return;
    this.#warnedOf = untilMs;
    const text = `Until then deno task mode set ${this.account} live renews it; after that positions are only reduced.`;
    tell("warning", "session-mode-lapses", `the mode live lapses at ${formatTimestamp(untilMs as TimestampMs)}`, text);
  }
}
