// Which run a study is about: one that is kept, or one that the options of `backtest` say, which is then made and kept.
import { bindStrategies, type RunSpec, withListings } from "../engine/backtest/mod.ts";
import { InputError, UsageError } from "../engine/errors/mod.ts";
import { Lake, readRun, runCandles, runFeeds, type TrialCounting, writeRun } from "../engine/lake/mod.ts";
import { type Flags, readSpec, specOf, specOfFile } from "./backtest_flags.ts";
import { lakePlace } from "./lake_place.ts";
import { findStrategy } from "./registry.ts";
import { type MadeRun, runOnLake } from "./run_on_lake.ts";

/** Options that say what is run: beside the name of a run they would contradict it. */
const RUN_OPTIONS = ["strategy", "symbol", "timeframe", "spec", "param", "from", "to", "listings"] as const;

/**
 * The run that is meant.
 *
 * @param named Its hash, the beginning of that, or the path of a manifest or run spec.
 * @throws {InputError} `run` where there is none such, or its candles are not in the lake any more.
 */
export async function studiedRun(
  named: string | undefined,
  flags: Flags,
  dataDir: string,
  counting: TrialCounting,
): Promise<MadeRun> {
  if (named === undefined) {
    return await madeRun(
      (lake) => flags.spec === undefined ? specOf(flags, lake, "robustness") : readSpec(flags.spec, flags),
      flags,
      dataDir,
      counting,
    );
  }
  const beside = RUN_OPTIONS.filter((name) => flags[name] !== undefined);
  if (beside.length > 0) {
    throw new UsageError(`${named} says what is run: leave out ${beside.map((name) => `--${name}`).join(" ")}`);
  }
  if (/\.json$/.test(named)) return await madeRun(() => specOfFile(named), flags, dataDir, counting);
  return await keptRun(named, dataDir);
}

async function keptRun(hash: string, dataDir: string): Promise<MadeRun> {
  const run = await readRun(dataDir, hash), { manifest } = run;
  const lake = lakePlace(dataDir), candles = await runCandles(lake, manifest), feeds = await runFeeds(lake, manifest);
  if (candles === null || feeds === null) {
    throw new InputError(
      "run",
      `the lake no longer has the candles that run ${hash} was made of: import them again, or make the run again with backtest`,
    );
  }
  return { run, strategies: bindStrategies(manifest, findStrategy), candles, feeds };
}

async function madeRun(
  stated: (lake: Lake) => Promise<RunSpec>,
  { listings }: Flags,
  dataDir: string,
  counting: TrialCounting,
): Promise<MadeRun> {
  const lake = new Lake(lakePlace(dataDir));
  try {
    const own = await stated(lake), spec = listings ? withListings(own, await lake.listings()) : own;
    const made = await runOnLake(spec, lake);
    await writeRun(dataDir, made.run, counting);
    return made;
  } finally {
    await lake.close();
  }
}
