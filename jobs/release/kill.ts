// The kill switch under load, and with the database dead (RELIABILITY G8). The process that trades here has neither Redis
// nor an API: both are dead in all trials. What closes a position may leave while the switch is set: orders that open count.
import { KillSwitch } from "../../engine/live/mod.ts";
import { LoadSite, quantileOf } from "./load_site.ts";
import type { ReleasePart } from "./release_part.ts";

/** What came of trials. */
export interface KillResult {
  /** From the moment before the switch was set until the last order's first byte, milliseconds; 0 where none left after it. */
  readonly lastOrderMs: readonly number[];
  /** Orders that left after the switch counts as set: the longest that is allowed. */
  readonly after: number;
  /** Trials in which something left in the moments before: the others prove less. */
  readonly trading: number;
}

const TRIALS = 1_000, TRIALS_PER_CASE = 100, RESTARTS = 10;
const ORDERS_PER_SECOND = 200, MARKETS = 40, TRADED = 40;
const P99_MS = 250, MOST_MS = 1_000, LOOK_MS = 300, LATER_MS = 200, RUN_MS = 250, RESTARTED_MS = 1_500;

/** Sets the switch again and again while orders leave. */
export async function killTrials(
  trials: number,
  isDatabaseDead: boolean,
  ordersPerSecond: number,
): Promise<KillResult> {
  return await LoadSite.with({ isCut: true, markets: MARKETS, traded: TRADED, ordersPerSecond }, async (load) => {
    const kill = new KillSwitch(load.settings.dataDir), lastOrderMs: number[] = [];
    let after = 0, trading = 0;
    for (let trial = 0; trial < trials; trial++) {
      await load.ask("resume");
      await load.ask("go");
      await later(RUN_MS * (0.5 + Math.random()));
      if (isDatabaseDead) load.line!.pause();
      const beforeMs = await load.lastSentMs(), setMs = performance.timeOrigin + performance.now();
      await kill.set({ reason: "a trial", flatten: false, atMs: Math.floor(setMs) });
      await later(LOOK_MS);
      const lastMs = await load.lastSentMs();
      await later(LATER_MS);
      if (await load.lastSentMs() > lastMs || lastMs > setMs + MOST_MS) after++;
      lastOrderMs.push(Math.max(0, lastMs - setMs));
      if (setMs - beforeMs < RUN_MS) trading++;
      await load.ask("rest");
      if (isDatabaseDead) load.line!.resume();
      await kill.clear();
    }
    return { lastOrderMs, after, trading };
  });
}

/** Kills the process while the switch is set: the next one sends nothing, until the switch is cleared. */
export async function killSurvives(restarts: number, ordersPerSecond: number): Promise<KillResult> {
  return await LoadSite.with({ isCut: true, markets: MARKETS, traded: TRADED, ordersPerSecond }, async (load) => {
    const kill = new KillSwitch(load.settings.dataDir);
    let after = 0;
    await load.ask("go");
    await later(RUN_MS);
    await kill.set({ reason: "a trial", flatten: false, atMs: Date.now() });
    for (let restart = 0; restart < restarts; restart++) {
      await load.restart();
      await load.ask("go");
      await later(RESTARTED_MS);
      if (await load.lastSentMs() > 0) after++;
    }
    await kill.clear();
    await load.ask("resume");
    await later(RESTARTED_MS);
    return { lastOrderMs: [], after, trading: await load.lastSentMs() > 0 ? 1 : 0 };
  });
}

const CASES = [
  ...Array.from(
    { length: TRIALS / TRIALS_PER_CASE },
    (_, i) => `${i % 2 === 0 ? "under load" : "database dead"} ${i + 1}`,
  ),
  "restart",
];

export const killPart: ReleasePart<KillResult> = {
  name: "kill",
  summary: "set the kill switch a thousand times while orders leave, with the database dead, too, and across restarts",
  cases: CASES,
  async work({ cases, keep, isStopped }) {
    for (const name of cases) {
      if (isStopped()) return;
      const result = name === "restart"
        ? await killSurvives(RESTARTS, ORDERS_PER_SECOND)
        : await killTrials(TRIALS_PER_CASE, name.startsWith("database"), ORDERS_PER_SECOND);
      await keep(name, result);
    }
  },
  verdict(results) {
    const all = [...results.values()], times = all.flatMap(({ lastOrderMs }) => lastOrderMs);
    const p99Ms = quantileOf(times, 0.99), maxMs = quantileOf(times, 1);
    const after = all.reduce((sum, own) => sum + own.after, 0);
    return {
      holds: after === 0 && p99Ms <= P99_MS && maxMs <= MOST_MS && results.get("restart")?.trading === 1,
      figures: {
        trials: times.length,
        trialsWithOrdersRightBefore: all.reduce((sum, own) => sum + own.trading, 0),
        p50Ms: rounded(quantileOf(times, 0.5)),
        p99Ms: rounded(p99Ms),
        maxMs: rounded(maxMs),
        ordersAfter: after,
        restarts: results.has("restart") ? RESTARTS : 0,
      },
    };
  },
};

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
