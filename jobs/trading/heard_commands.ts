// What the process that trades a session hears of it: rows of the journal, each carried out and answered.
import { inTransaction, type Sql } from "../../engine/database/mod.ts";
import { askAgain, endCommand, endSession, type NewCommand, takeCommand } from "../../engine/journal/mod.ts";
import type { KillSwitch, SessionRunner, SystemScheduler } from "../../engine/live/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { note } from "../output.ts";
import { killedText } from "./killed_text.ts";
import type { ModeWatch } from "./mode_watch.ts";

/** Who carries out what is asked, and of which session. */
export interface HeardCommandsParts {
  readonly runner: Pick<SessionRunner, "session" | "halt" | "close">;
  readonly sql: Sql;
  readonly account: string;
  readonly sessionId: string;
  readonly takenBy: string;
  readonly watch: Pick<ModeWatch, "mode" | "reason"> | null;
  readonly kill: Pick<KillSwitch, "set" | "read" | "path">;
}

/** Why a session ends that somebody has told to. */
export const STOPPED_BY_COMMAND = "stopped by command";

const LOOK_MS = 500;
/** What was halted is durable after so long, or the database is away and the answer has to wait as well. */
const SETTLED_MS = 5_000, SETTLED_LOOK_MS = 20;
/** Answered whether it trades or not: a resume is for the state of things that its asker saw, and does not wait for another. */
const AT_ANY_TIME = ["kill", "stop", "resume"];
/** An older resume was asked of another state of things. */
const RESUME_AGE_MOST_MS = 60_000;

/** Carries out what is asked of the account in the journal. */
export class HeardCommands {
  /** True while rows may have been taken that nobody works on: by a process that died, or by this one as the line broke. */
  #isLost = true;
  #stop: string | null = null;

  constructor(readonly parts: HeardCommandsParts) {}

  /** Looks for rows until it is told to stop. */
  follow(real: SystemScheduler, signal: AbortSignal): void {
    const hear = async () => {
      if (signal.aborted) return;
      await this.#hear();
      if (this.#stop === null) real.after(LOOK_MS, () => void hear());
    };
    void hear();
  }

  /** Ends the session, and with it answers who asked for that: one is not true without the other. */
  async end(): Promise<void> {
    const { sql, sessionId } = this.parts, nowMs = systemClock.now(), stop = this.#stop;
    await inTransaction(sql, async (tx) => {
      await endSession(tx, sessionId, nowMs, STOPPED_BY_COMMAND);
      if (stop !== null) await endCommand(tx, stop, { state: "done", answer: "it has ended", nowMs });
    });
  }

  async #hear(): Promise<void> {
    const { runner, sql, account, takenBy } = this.parts, nowMs = systemClock.now();
    try {
      if (this.#isLost) {
        // What lets it open positions is not done twice: something may have halted it in between.
        const answer = "nobody knows whether it went on: look at it, and ask again";
        await inTransaction(sql, (tx) => askAgain(tx, account, { kind: "resume", answer, nowMs }));
        this.#isLost = false;
      }
      const kinds = runner.session === null ? AT_ANY_TIME : null;
      const command = await inTransaction(sql, (tx) => takeCommand(tx, { account, takenBy, nowMs, kinds }));
      if (command === null) return;
      if (command.kind === "stop") {
        this.#stop = command.id;
        return await runner.close(STOPPED_BY_COMMAND, true);
      }
      const [state, answer] = await this.#carryOut(command);
      await inTransaction(sql, (tx) => endCommand(tx, command.id, { state, answer, nowMs: systemClock.now() }));
    } catch (error) {
      this.#isLost = true;
      note(`commands are not heard: ${(error as Error).message}; trying again`);
    }
  }

  /** Until a successor would know of it as well. */
  async #settled(): Promise<void> {
    const untilMs = performance.now() + SETTLED_MS;
    while (this.parts.runner.session?.isIdle === false && performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, SETTLED_LOOK_MS));
    }
  }

  /** What was done, in words, or why not. */
  async #carryOut({ id, kind, body, askedBy, askedAtMs }: NewCommand): Promise<readonly ["done" | "refused", string]> {
    const { runner, watch, kill } = this.parts, { session } = runner;
    switch (kind) {
      case "kill": {
        const reason = `${askedBy}, command ${id}`, flatten = body.flatten === true;
        // Before the file: a disk that is full or hangs keeps nothing from being halted.
        if (session !== null) runner.halt(`kill switch: ${reason}`, flatten);
        return ["done", await killedText(kill, { reason, flatten, atMs: systemClock.now() })];
      }
      case "pause":
        runner.halt("paused", false);
        await this.#settled();
        return ["done", "no new position is opened"];
      case "flatten":
        runner.halt("paused", true);
        await this.#settled();
        return ["done", "positions are closed, and none is opened"];
      case "resume":
        if (kill.read() !== null) {
          return ["refused", `the kill switch is set (${kill.path}): clear it first with deno task kill --clear`];
        }
        if (watch !== null && watch.mode !== "trade") return ["refused", `nothing is opened: ${watch.reason}`];
        if (session === null) return ["refused", "it does not trade yet: look at what it says, and ask again"];
        if (systemClock.now() - askedAtMs > RESUME_AGE_MOST_MS) {
          return [
            "refused",
            "it was asked long ago, and something may have halted it since: look at it, and ask again",
          ];
        }
        session.offer({ kind: "resume", timeMs: session.trader.state.nowMs });
        return ["done", "trading goes on"];
      default:
        return ["refused", `it does not know how to ${kind}`];
    }
  }
}
