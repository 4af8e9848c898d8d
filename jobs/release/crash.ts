// Real processes killed at every place of the trading path, on real PostgreSQL and Redis (RELIABILITY G2).
import { RedisServer } from "../../engine/testing/redis_server.ts";
import { CRASH_LABELS, type CrashLabel } from "../../engine/time/mod.ts";
import { CRASH_MODES, type CrashResult, crashRun, type CrashSpec, hasFaultyLine } from "./crash_run.ts";
import { CrashSite } from "./crash_site.ts";
import type { ReleasePart, ReleaseWork } from "./release_part.ts";

const SEEDS = 20, AT_ONCE = 5, POWER_CUTS_AT_ONCE = 2, RECOVERY_MS = 10_000;

/** Seeds on the outside: whoever stops early has come by every label. */
const CASES: readonly CrashSpec[] = Array.from({ length: SEEDS }, (_, i) => i + 1).flatMap((seed) =>
  CRASH_MODES.flatMap((mode) => CRASH_LABELS.map((label) => ({ label, mode, seed })))
);

function nameOf({ label, mode, seed }: CrashSpec): string {
  return `${mode}/${seed}/${label}`;
}

export const crashPart: ReleasePart<CrashResult> = {
  name: "crash",
  summary: "kill trading processes at every place, and compare the venue's books with the journal",
  cases: CASES.map(nameOf),
  async work(work) {
    const specs = new Map(CASES.map((spec) => [nameOf(spec), spec])), left = work.cases.map((name) => specs.get(name)!);
    const isPower = ({ mode }: CrashSpec) => mode === "power";
    await Promise.all([
      onSite(false, AT_ONCE, left.filter((spec) => !isPower(spec)), work),
      ...shares(left.filter(isPower), POWER_CUTS_AT_ONCE).map((own) => onSite(true, 1, own, work)),
    ]);
  },
  verdict(results) {
    const all = [...results.values()];
    const count = (of: (result: CrashResult) => number) => all.reduce((sum, result) => sum + of(result), 0);
    const recoveries = all.filter((own) => own.failure === null && !hasFaultyLine(own)).map((own) => own.recoveryMs);
    const slowest = Math.max(0, ...recoveries);
    const bad = {
      duplicates: count(({ duplicates }) => duplicates.length),
      lostFills: count(({ lostFills }) => lostFills.length),
      wrongState: count(({ wrongState }) => wrongState.length),
      failures: count(({ failure }) => failure === null ? 0 : 1),
    };
    return {
      holds: slowest <= RECOVERY_MS && Object.values(bad).every((own) => own === 0),
      figures: {
        labels: new Set(all.map(({ label }) => label)).size,
        modes: CRASH_MODES,
        seeds: SEEDS,
        runs: all.length,
        ...bad,
        slowestRecoveryMs: slowest,
        slowestRecoveryOnFaultyLineMs: Math.max(0, ...all.filter(hasFaultyLine).map(({ recoveryMs }) => recoveryMs)),
        slowestTellingMs: Math.max(0, ...all.map(({ toldAfterMs = 0 }) => toldAfterMs)),
        stoppedAndContinued: count(({ manner }) => manner === "SIGSTOP" ? 1 : 0),
        orders: count(({ orders }) => orders),
        fills: count(({ fills }) => fills),
      },
    };
  },
};

/** Eight labels that change with the commit: in so many commits in a row all have had their turn. */
export function labelsOf(commit: string, count = 8): CrashLabel[] {
  const turns = Math.ceil(CRASH_LABELS.length / count), turn = Number.parseInt(commit.slice(0, 8), 16) % turns || 0;
  return CRASH_LABELS.filter((_, i) => i % turns === turn).slice(0, count);
}

/** Runs on services of their own, so many at once. */
async function onSite(
  losesPower: boolean,
  atOnce: number,
  specs: readonly CrashSpec[],
  { keep, isStopped, note }: ReleaseWork<CrashResult>,
): Promise<void> {
  if (specs.length === 0) return;
  const folder = await Deno.makeTempDir({ prefix: "crash_" }), queue = [...specs];
  try {
    await Deno.chmod(folder, 0o755);
    await RedisServer.with(async (redis) => {
      const site = await CrashSite.open(folder, redis, losesPower);
      try {
        await Promise.all(Array.from({ length: atOnce }, async () => {
          for (let spec; !isStopped() && (spec = queue.shift()) !== undefined;) {
            const result = await crashRun(site, spec);
            const found = [...result.duplicates, ...result.lostFills, ...result.wrongState, result.failure ?? ""];
            if (found.some(Boolean)) note(`${nameOf(spec)}: ${found.filter(Boolean).join("; ")}`);
            await keep(nameOf(spec), result);
          }
        }));
      } catch (error) {
        queue.length = 0; // the others end with the run that they are in
        note(`crash runs cannot go on: ${(error as Error).message}`);
        throw error;
      } finally {
        await site.close().catch((error) => note(`while ending: ${(error as Error).message}`));
      }
    });
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => note(`${folder} could not be removed`));
  }
}

function shares<T>(all: readonly T[], count: number): T[][] {
  return Array.from({ length: count }, (_, own) => all.filter((_, i) => i % count === own));
}
