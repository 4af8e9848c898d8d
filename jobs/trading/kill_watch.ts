import type { KillSwitch, SessionRunner, SystemScheduler } from "../../engine/live/mod.ts";

const KILL_LOOK_MS = 100;

/** Looks for the kill file all the time: it needs nothing else to work. */
export function watchKill(
  runner: Pick<SessionRunner, "session" | "halt">,
  kill: Pick<KillSwitch, "read">,
  real: SystemScheduler,
  signal: AbortSignal,
): void {
  let told = "";
  const look = () => {
    if (signal.aborted) return;
    const order = kill.read(), text = JSON.stringify(order);
    // Set once more with the same words, as a file without any is, it stops once more.
    if (order === null) told = "";
    else if (text !== told && runner.session !== null) {
      told = text;
      runner.halt(`kill switch: ${order.reason}`, order.flatten);
    }
    real.after(KILL_LOOK_MS, look);
  };
  look();
}
