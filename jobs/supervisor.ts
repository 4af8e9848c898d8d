// Keeps processes running: what dies is started again, three times in ten minutes, and then stays down (fault 60).
import type { Clock } from "../engine/time/mod.ts";
import { MOST_RESTARTS, RestartBudget } from "./restart_budget.ts";

/** Something that runs until it dies. */
export interface Charge {
  readonly name: string;
  /** True of what only looks at the others: alone it is no reason to go on. */
  readonly isAside?: boolean;
  start(): Promise<RunningCharge>;
}

/** It runs. */
export interface RunningCharge {
  /** What it is, for people: a process's number, an address. */
  readonly detail: string;
  /** Comes with the reason when it has ended, for whatever one. */
  readonly ended: Promise<string>;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
}

/** How a charge is doing. */
export interface ChargeState {
  readonly name: string;
  readonly state: "running" | "stopped" | "down";
  readonly restarts: number;
}

/** That a charge has ended, or could not be started, without being told to. */
export interface ChargeFailure {
  readonly name: string;
  readonly reason: string;
  /** Restarts in ten minutes with the one that follows; null: none follows, it stays down. */
  readonly restarts: number | null;
}

/** What a supervisor needs. */
export interface SupervisorOptions {
  readonly clock: Clock;
  /** Hears of all that happens, in sentences. */
  readonly note: (sentence: string) => void;
  /** Hears of each failure. */
  readonly onFailure?: (failure: ChargeFailure) => void;
  /** The command that its user runs again once what stays down is mended; `deno task start` unless stated. */
  readonly command?: string;
  /** Between a death and the next start. */
  readonly pauseMs?: number;
}

/** Starts charges one after another, and keeps each running until it is told to stop. */
export class Supervisor {
  readonly #states = new Map<string, { state: ChargeState["state"]; restarts: number }>();

  constructor(readonly charges: readonly Charge[], readonly options: SupervisorOptions) {}

  /** Runs until it is told to stop, or everything is down; then all is stopped, the last one first. */
  async run(stop: AbortSignal): Promise<ChargeState[]> {
    const kept: Promise<void>[] = [], needed: Promise<void>[] = [], stops: AbortController[] = [];
    for (const charge of this.charges) {
      if (stop.aborted) break;
      const own = new AbortController(), started = Promise.withResolvers<void>();
      stops.push(own);
      const keeping = this.#keep(charge, own.signal, stop, started.resolve);
      kept.push(keeping);
      if (charge.isAside !== true) needed.push(keeping);
      await started.promise;
    }
    await Promise.race([Promise.all(needed), aborted(stop)]);
    for (let i = stops.length - 1; i >= 0; i--) {
      stops[i]!.abort();
      await kept[i];
    }
    return this.states;
  }

  /** How all of them are doing. */
  get states(): ChargeState[] {
    return this.charges.map(({ name }) => ({ name, ...this.#states.get(name) ?? { state: "stopped", restarts: 0 } }));
  }

  /**
   * @param stop When this one is to be stopped.
   * @param all When all are: what ends by itself while another one is being stopped is not started again.
   * @param onStarted Called when it has been started once, or could not be.
   */
  async #keep(charge: Charge, stop: AbortSignal, all: AbortSignal, onStarted: () => void): Promise<void> {
    const { clock, note, onFailure = () => {}, command = "deno task start", pauseMs = 500 } = this.options,
      budget = new RestartBudget(clock),
      { name } = charge;
    const own = { state: "running" as ChargeState["state"], restarts: 0 };
    this.#states.set(name, own);
    for (;;) {
      const reason = await this.#runOnce(charge, stop, onStarted);
      onStarted();
      if (stop.aborted || all.aborted) {
        own.state = "stopped";
        return;
      }
      const restarts = budget.spend();
      onFailure({ name, reason, restarts });
      if (restarts === null) {
        own.state = "down";
        note(
          `${name} ended (${reason}) and stays down: it was started again ${MOST_RESTARTS} times in ten minutes. ` +
            `Mend what it says above, and run ${command} again`,
        );
        return;
      }
      own.restarts++;
      note(`${name} ended (${reason}): starting it again, ${restarts} of ${MOST_RESTARTS} times in ten minutes`);
      await Promise.race([new Promise((resolve) => setTimeout(resolve, pauseMs)), aborted(stop)]);
    }
  }

  /** Gives why it ended. */
  async #runOnce({ name, start }: Charge, stop: AbortSignal, onStarted: () => void): Promise<string> {
    let running: RunningCharge;
    try {
      running = await start();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    this.options.note(`${name} runs: ${running.detail}`);
    onStarted();
    const reason = await Promise.race([running.ended, aborted(stop).then(() => "")]);
    await running.stop();
    return reason;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
