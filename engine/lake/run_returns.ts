import { dailyReturns, dayOfClose } from "../metrics/mod.ts";
import { exists } from "./atomic_file.ts";
import { type Database, doubleColumns, literal, openDatabase } from "./duckdb.ts";
import { runFolder } from "./run_store.ts";
import { DAY_MS } from "../time/mod.ts";

/** Daily returns of runs over the same days. */
export interface RunReturns {
  /** Runs in the order in which they were asked for. */
  readonly hashes: readonly string[];
  /** The days, by 00:00 UTC at which they begin. */
  readonly dayMs: Float64Array;
  /** One column a run. */
  readonly returns: readonly Float64Array[];
}

/**
 * Daily returns of those of the runs that are kept, over the same days: the largest number of runs that share their first
 * and last day, the first such of equals.
 */
export async function runReturns(root: string, hashes: readonly string[]): Promise<RunReturns> {
  const kept: { hash: string; dayMs: Float64Array; returns: Float64Array }[] = [];
  if (!await exists(`${root}/runs`)) return { hashes: [], dayMs: new Float64Array(0), returns: [] };
  const database = await openDatabase([`${root}/runs`], 1);
  try {
    for (const hash of hashes) {
      if (await exists(runFolder(root, hash))) kept.push({ hash, ...await returnsOf(database, runFolder(root, hash)) });
    }
  } finally {
    database.close();
  }
  const groups = [...Map.groupBy(kept, ({ dayMs }) => `${dayMs[0]} ${dayMs.at(-1)}`).values()];
  const most = groups.reduce<typeof kept>((a, b) => b.length > a.length ? b : a, []);
  return {
    hashes: most.map(({ hash }) => hash),
    dayMs: most[0]?.dayMs ?? new Float64Array(0),
    returns: most.map(({ returns }) => returns),
  };
}

async function returnsOf(database: Database, folder: string) {
  const { account } = JSON.parse(await Deno.readTextFile(`${folder}/manifest.json`));
  const { notes } = JSON.parse(await Deno.readTextFile(`${folder}/metrics.json`));
  const [closeTimeMs, equity] = await doubleColumns(
    database,
    `select "closeTimeMs", "equity" from read_parquet(${literal(`${folder}/equity.parquet`)})`,
  ) as [Float64Array, Float64Array];
  const daily = dailyReturns({ closeTimeMs, equity }, notes.startingEquityQuote ?? account.cashQuote);
  // Returns end where the equity is gone: from there on a ruined run earns nothing, and it is not left out for that.
  const days = dayOfClose(closeTimeMs.at(-1)!) - dayOfClose(closeTimeMs[0]!) + 1;
  const dayMs = Float64Array.from({ length: days }, (_, i) => daily.dayMs[0]! + i * DAY_MS);
  const returns = new Float64Array(days);
  returns.set(daily.returns);
  return { dayMs, returns };
}
