// The report of a run, as the pages have it, kept in a file of its own.
import type { RunRecord, RunSpec } from "../engine/backtest/mod.ts";
import type { Lake } from "../engine/lake/mod.ts";
import { reportDocument } from "../engine/metrics/mod.ts";
import { BENCHMARK } from "./published_report.ts";
import { runOnLake } from "./run_on_lake.ts";

/**
 * Runs a spec and buy-and-hold beside it, and writes the report: the file has it whole or not at all.
 *
 * @param check Sees the run before anything is written, and may refuse it.
 */
export async function keepReport(
  spec: RunSpec,
  lake: Lake,
  dataDir: string,
  check: (record: RunRecord) => void,
): Promise<{ readonly record: RunRecord; readonly report: string }> {
  const { run, candles } = await runOnLake(spec, lake);
  check(run);
  const isComparable = spec.strategy !== undefined && spec.strategy !== BENCHMARK;
  const benchmark = isComparable
    ? (await runOnLake({ ...spec, strategy: BENCHMARK, params: {} }, lake)).run
    : undefined;
  const document = reportDocument(run, {
    candles: candles.slice(0, spec.markets.length),
    ...(benchmark === undefined ? {} : { benchmark }),
  });
  const folder = `${dataDir}/reports`, report = `${folder}/${run.manifest.run.hash}.json`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${report}.part`, JSON.stringify(document));
  await Deno.rename(`${report}.part`, report);
  return { record: run, report };
}
