// A report as the pages have it, and the same one made anew.
import { InputError } from "../engine/errors/mod.ts";
import { bindStrategies, parseRunSpec, runBacktest, type RunManifest, type RunRecord } from "../engine/backtest/mod.ts";
import { loadCandles, loadFeeds, usedCandles } from "../engine/backtest/mod.ts";
import type { Lake } from "../engine/lake/mod.ts";
import { type ReportDocument, reportDocument } from "../engine/metrics/mod.ts";
import { findStrategy } from "./registry.ts";

/** What the pages compare with. */
const BENCHMARK = "buy-and-hold";

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
  return (await runWithCandles(manifest, lake)).run;
}

/** A report made anew: its run, and its benchmark where it has one. */
export async function reportAgain(
  published: ReportDocument,
  lake: Lake,
): Promise<{ readonly report: ReportDocument; readonly run: RunRecord }> {
  const { run, candles } = await runWithCandles(published.identity.spec, lake);
  const withPrices = published.prices.length > 0 ? { candles } : {};
  if (published.equity.benchmarkLabel === null) return { run, report: reportDocument(run, withPrices) };
  const { run: _, ...stated } = published.identity.spec as RunManifest;
  const benchmark = await runAgain({ ...stated, strategy: BENCHMARK, params: {} }, lake);
  return { run, report: reportDocument(run, { ...withPrices, benchmark }) };
}

async function runWithCandles(manifest: unknown, lake: Lake) {
  const spec = parseRunSpec(manifest), strategies = bindStrategies(spec, findStrategy);
  const history = await loadCandles(spec, strategies, lake), feeds = await loadFeeds(spec, strategies, lake);
  const run = await runBacktest(spec, strategies, history, undefined, {}, feeds);
  return { run, candles: usedCandles(spec, strategies, history).used.slice(0, spec.markets.length) };
}
