// A process that comes to a stand at a place of the trading path and says so, for whoever is to kill it there:
// deno run jobs/release/crashing_process.ts trade|watch|kill SESSION|FOLDER LABEL N STANDSTILL_MS
import { KillSwitch } from "../../engine/live/mod.ts";
import { armCrashPoints, systemClock } from "../../engine/time/mod.ts";
import { tradeSession } from "../trading/trading_process.ts";
import { watchSession } from "../trading/watchdog_process.ts";
import { eagerStrategy } from "./eager_strategy.ts";
import { stoppedHolder } from "./stopped_holder.ts";

/** What such a process says on its standard output, one document a line. */
export type CrashWord = { readonly passed: string } | { readonly labels: Readonly<Record<string, number>> };

/** Stands still, the whole process: nothing that it has begun goes on. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function say(word: CrashWord): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(word)}\n`));
}

if (import.meta.main) {
  const [what, subject, label, n, standstillMs] = Deno.args as [string, string, string, string, string];
  const labels: Record<string, number> = {};
  armCrashPoints((passed) => {
    labels[passed] = (labels[passed] ?? 0) + 1;
    if (passed !== label || labels[passed] !== Number(n)) return;
    say({ passed });
    standStill(Number(standstillMs));
  });
  const strategies = (id: string) => id === stoppedHolder.id ? stoppedHolder : eagerStrategy;
  if (what === "kill") {
    await new KillSwitch(subject).set({ reason: "a crash run", flatten: false, atMs: systemClock.now() });
  } else {
    const work = what === "watch" ? watchSession : tradeSession;
    const reason = await work(subject, null, true, strategies);
    if (!reason.startsWith("stopped")) Deno.exitCode = 1;
  }
  say({ labels });
  Deno.exit();
}
