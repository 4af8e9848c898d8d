// Two processes that want to lead one account, on a real lease and a real journal (RELIABILITY G6).
import { CrashSite } from "./crash_site.ts";
import type { ReleasePart } from "./release_part.ts";
import { type ScheduleResult, twoLeaderSchedule } from "./two_leader_schedule.ts";
import { VirtualDatabase } from "./virtual_database.ts";

const SCHEDULES = 10_000, SEEDS_PER_CASE = 50;

/** What came of the seeds of a case. */
interface CaseResult {
  readonly schedules: number;
  readonly orders: number;
  readonly takeovers: number;
  readonly pauses: number;
  readonly partitions: number;
  readonly jumps: number;
  /** Of schedules that broke a rule, or ended in a way that nobody foresaw. */
  readonly bad: readonly Pick<ScheduleResult, "seed" | "violations" | "failure">[];
}

export const twoLeadersPart: ReleasePart<CaseResult> = {
  name: "two-leaders",
  summary: "hold up, cut off and set to another time two processes that trade one account",
  cases: Array.from({ length: SCHEDULES / SEEDS_PER_CASE }, (_, i) => `${i * SEEDS_PER_CASE + 1}`),
  async work({ cases, keep, isStopped, note }) {
    await withTwoConnections(async (databases) => {
      for (const name of cases) {
        if (isStopped()) return;
        const results: ScheduleResult[] = [];
        for (let i = 0; i < SEEDS_PER_CASE; i++) {
          results.push(await twoLeaderSchedule(databases, Number(name) + i, crypto.randomUUID()));
        }
        const sum = (of: (own: ScheduleResult) => number) => results.reduce((total, own) => total + of(own), 0);
        const bad = results.filter(({ violations, failure }) => violations.length > 0 || failure !== null)
          .map(({ seed, violations, failure }) => ({ seed, violations, failure }));
        for (const own of bad) note(`seed ${own.seed}: ${[...own.violations, own.failure ?? ""].join("; ")}`);
        await keep(name, {
          schedules: results.length,
          orders: sum(({ orders }) => orders),
          takeovers: sum(({ epochs }) => Math.max(0, epochs - 1)),
          pauses: sum(({ pauses }) => pauses),
          partitions: sum(({ partitions }) => partitions),
          jumps: sum(({ jumps }) => jumps),
          bad,
        });
      }
    });
  },
  verdict(results) {
    const all = [...results.values()];
    const sum = (of: (own: CaseResult) => number) => all.reduce((total, own) => total + of(own), 0);
    return {
      holds: all.every(({ bad }) => bad.length === 0),
      figures: {
        schedules: sum(({ schedules }) => schedules),
        violations: sum(({ bad }) => bad.length),
        orders: sum(({ orders }) => orders),
        takeoversWithOrders: sum(({ takeovers }) => takeovers),
        pauses: sum(({ pauses }) => pauses),
        partitions: sum(({ partitions }) => partitions),
        clockJumps: sum(({ jumps }) => jumps),
      },
    };
  },
};

/** Works with two connections to a database of its own. */
export async function withTwoConnections(
  work: (databases: readonly [VirtualDatabase, VirtualDatabase]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "two_leaders_" });
  try {
    await Deno.chmod(folder, 0o755);
    const site = await CrashSite.open(folder, null, false);
    const databases = [
      await VirtualDatabase.open(site.databaseUrl),
      await VirtualDatabase.open(site.databaseUrl),
    ] as const;
    try {
      await work(databases);
    } finally {
      for (const database of databases) await database.close();
      await site.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
