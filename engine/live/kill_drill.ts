// The kill switch is tried before it is needed: on the disk that it is to work on, at a gate that sends nothing.
import { KillSwitch } from "./kill_switch.ts";
import { sessionGate } from "./session_gate.ts";

/** What a drill has found. */
export interface KillDrill {
  /** What did not hold; none where the switch works. */
  readonly faults: readonly string[];
  /** From the wish to kill until the gate refused, milliseconds. */
  readonly stoppedMs: number;
}

/** I10: within a second nothing new leaves. */
const MOST_MS = 1_000;

/**
 * Sets the switch in a folder of its own below the data folder, and looks at what the gate of a session then lets through:
 * nothing new, also for a process that begins anew, and also where the file cannot be read; and all again once it is
 * cleared. Sessions that trade see none of it.
 */
export async function killDrill(dataDir: string, monotonic: () => number): Promise<KillDrill> {
  await Deno.mkdir(dataDir, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: dataDir, prefix: "kill_drill_" });
  try {
    return await drilled(folder, monotonic);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function drilled(folder: string, monotonic: () => number): Promise<KillDrill> {
  const faults: string[] = [], kill = new KillSwitch(folder);
  const expect = (holds: boolean, otherwise: string) => void (holds || faults.push(otherwise));
  expect(letsIn(kill), "an entry was refused before the switch was set");
  const beganMs = monotonic();
  await kill.set({ reason: "drill", flatten: false, atMs: 0 });
  const isStopped = !letsIn(kill), stoppedMs = monotonic() - beganMs;
  expect(isStopped, "an entry went through after the switch was set");
  expect(stoppedMs <= MOST_MS, `the switch worked after ${Math.round(stoppedMs)} ms, the most is ${MOST_MS}`);
  expect(letsIn(kill, true), "what makes a position smaller was refused: nothing could be closed");
  expect(!letsIn(new KillSwitch(folder)), "an entry of a process that began anew went through");
  await Deno.writeTextFile(kill.path, "{");
  expect(!letsIn(kill), "an entry went through while the file could not be read");
  await kill.clear();
  expect(letsIn(kill), "an entry was refused after the switch was cleared");
  return { faults, stoppedMs };
}

/** True where the gate of a session that leads and may trade lets an order through. */
function letsIn(kill: KillSwitch, reduceOnly = false): boolean {
  const gate = sessionGate({
    killed: () => kill.read()?.reason ?? null,
    mode: () => "trade",
    leads: () => true,
    nowMs: () => 0,
  });
  return gate.refusalOf({ reduceOnly, decidedAtMs: 0 as never }) === null;
}
