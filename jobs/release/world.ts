// The simulated world at length (RELIABILITY G1, G3, G4): thousands of seeds, each alike when it is run again.
import { firedByNumber, NOT_IN_WORLD, type WorldResult } from "../../engine/live/mod.ts";
import { allSteps } from "../../engine/orders/mod.ts";
import type { ReleasePart } from "./release_part.ts";

const SEEDS = 2_000, DAYS = 5, PER_CASE = 10, AT_ONCE = 2;
/** Of each case so many are run for a day twice. */
const RUN_AGAIN = 3;
const LIVENESS_MS = 5 * 60_000;
/** Each fault strikes a thousand times in ten thousand days. */
const LEAST_FIRED_A_DAY = 0.1;
const ROOT = new URL("../../", import.meta.url);

interface WorldCase {
  readonly days: number;
  readonly violations: readonly string[];
  readonly fired: Readonly<Record<string, number>>;
  readonly steps: Readonly<Record<string, number>>;
  readonly orders: number;
  readonly fills: number;
  readonly starts: number;
  readonly settledAfterMs: number;
  /** Seeds that were run twice, and those that did something else the second time. */
  readonly again: number;
  readonly different: readonly number[];
}

/** Each case is so many seeds. */
const CASES: ReadonlyMap<string, number> = new Map(
  Array.from({ length: SEEDS / PER_CASE }, (_, i) => [`${i * PER_CASE + 1}-${(i + 1) * PER_CASE}`, i * PER_CASE + 1]),
);

export const worldPart: ReleasePart<WorldCase> = {
  name: "world",
  summary: "simulated days in which everything fails",
  cases: [...CASES.keys()],
  async work({ cases, keep, isStopped, note }) {
    const queue = [...cases];
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let name; !isStopped() && (name = queue.shift()) !== undefined;) {
        const result = await tried(CASES.get(name)!);
        if (result === null) return; // stopped in the middle
        result.violations.forEach(note);
        await keep(name, result);
      }
    }));
  },
  verdict(results) {
    const all = [...results.values()],
      sum = (of: (own: WorldCase) => number) => all.reduce((all, own) => all + of(own), 0);
    const fired = added(all.map((own) => own.fired)), steps = added(all.map((own) => own.steps));
    const days = sum((own) => own.days), byNumber = firedByNumber(fired);
    const rare = Object.entries(byNumber).filter(([, times]) => times < LEAST_FIRED_A_DAY * days);
    const violations = all.flatMap((own) => own.violations), different = all.flatMap((own) => own.different);
    const settledAfterMs = Math.max(0, ...all.map((own) => own.settledAfterMs));
    // A journal knows an order from its record on.
    const known = allSteps().filter(({ from }) => from !== "approved").map(({ from, to }) => `${from}>${to}`);
    const untaken = known.filter((step) => !(step in steps));
    return {
      holds: violations.length === 0 && different.length === 0 && settledAfterMs <= LIVENESS_MS &&
        rare.length === 0 && untaken.length === 0,
      figures: {
        days,
        violations,
        settledAfterMs,
        runTwice: sum(({ again }) => again),
        different,
        orders: sum(({ orders }) => orders),
        fills: sum(({ fills }) => fills),
        startsOfProcesses: sum(({ starts }) => starts),
        faults: sum((own) => Object.values(own.fired).reduce((all, times) => all + times, 0)),
        rareFaults: Object.fromEntries(rare),
        notInWorld: NOT_IN_WORLD,
        stepsNotTaken: untaken,
        fired,
        steps,
      },
    };
  },
};

async function tried(firstSeed: number): Promise<WorldCase | null> {
  const results = await simulated(firstSeed, PER_CASE, DAYS);
  const first = await simulated(firstSeed, RUN_AGAIN, 1), second = await simulated(firstSeed, RUN_AGAIN, 1);
  if (results === null || first === null || second === null) return null;
  return {
    days: results.reduce((sum, { days }) => sum + days, 0),
    violations: results.flatMap(({ seed, violations }) => violations.map((own) => `seed ${seed}: ${own}`)),
    fired: added(results.map(({ fired }) => fired)),
    steps: added(results.map(({ steps }) => steps)),
    orders: results.reduce((sum, { orders }) => sum + orders, 0),
    fills: results.reduce((sum, { fills }) => sum + fills, 0),
    starts: results.reduce((sum, { starts }) => sum + starts, 0),
    settledAfterMs: Math.max(...results.map(({ settledAfterMs }) => settledAfterMs)),
    again: first.length,
    different: first.filter(({ hash }, i) => second[i]!.hash !== hash).map(({ seed }) => seed),
  };
}

/** Worlds in a process of their own; null where it was told to stop. */
async function simulated(seed: number, seeds: number, days: number): Promise<readonly WorldResult[] | null> {
  const what = ["simulate", "--json", "--seed", `${seed}`, "--seeds", `${seeds}`, "--days", `${days}`];
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-P=simulate", "--no-prompt", "jobs/main.ts", ...what],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).output();
  try {
    const { results } = JSON.parse(new TextDecoder().decode(stdout)) as { readonly results: readonly WorldResult[] };
    return results.length === seeds ? results : null;
  } catch {
    return null;
  }
}

function added(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const own of all) for (const [name, times] of Object.entries(own)) sums[name] = (sums[name] ?? 0) + times;
  return sums;
}
