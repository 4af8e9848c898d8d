// A report as the pages have it, and the same one made anew.
import { InputError } from "../engine/errors/mod.ts";
import { parseRunSpec, type RunManifest, type RunRecord } from "../engine/backtest/mod.ts";
import type { Lake } from "../engine/lake/mod.ts";
import { type ReportDocument, reportDocument } from "../engine/metrics/mod.ts";
import { runOnLake } from "./run_on_lake.ts";

/** What the pages compare with. */
export const BENCHMARK = "buy-and-hold";

/** The report in a file of the site, or one that was kept alone; null where the file holds something else. */
export async function readReport(path: string): Promise<ReportDocument | null> {
  let content;
  try {
    content = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    throw new InputError("run", `${path} is not JSON: give a run's folder, or the JSON of a report`, { cause });
  }
  const report = content?.report ?? content;
  return report?.identity?.spec === undefined ? null : report;
}

/** A run of a manifest's spec on the candles that the lake has today. */
export async function runAgain(manifest: unknown, lake: Lake): Promise<RunRecord> {
  return (await runOnLake(parseRunSpec(manifest), lake)).run;
}

/** A report made anew: its run, and its benchmark where it has one. */
export async function reportAgain(
  published: ReportDocument,
  lake: Lake,
): Promise<{ readonly report: ReportDocument; readonly run: RunRecord }> {
  const spec = parseRunSpec(published.identity.spec), { run, candles } = await runOnLake(spec, lake);
  const withPrices = published.prices.length > 0 ? { candles: candles.slice(0, spec.markets.length) } : {};
  if (published.equity.benchmarkLabel === null) return { run, report: reportDocument(run, withPrices) };
  const { run: _, ...stated } = published.identity.spec as RunManifest;
  const benchmark = await runAgain({ ...stated, strategy: BENCHMARK, params: {} }, lake);
  return { run, report: reportDocument(run, { ...withPrices, benchmark }) };
}
