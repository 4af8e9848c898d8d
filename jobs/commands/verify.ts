import { Command } from "commander";
import { movedInputs, type RunManifest, type RunVerification, verifyRun } from "../../engine/backtest/mod.ts";
import { movedValues } from "../../engine/identity/mod.ts";
import { Lake, readRun, readRunFolder } from "../../engine/lake/mod.ts";
import type { ReportDocument } from "../../engine/metrics/mod.ts";
import { lakePlace } from "../lake_place.ts";
import { answer } from "../output.ts";
import { readReport, reportAgain, runAgain } from "../published_report.ts";
import { readSettings } from "../settings.ts";
import { verificationText } from "../verification_text.ts";

/** `verify`: is a run or a published report what its inputs make of it today? */
export function verifyCommand(): Command {
  return new Command("verify")
    .description(
      "Run again what a run or a published report was made of, and list every figure that is another one now.",
    )
    .argument(
      "<run>",
      "a run's hash or part of it, its folder, or the JSON of a report, as in dist/_file/data/backtests",
    )
    .action(run);
}

async function run(name: string, flags: { json?: boolean }): Promise<void> {
  const { dataDir } = readSettings().values, lake = new Lake(lakePlace(dataDir));
  const found = await verified(name, dataDir, lake);
  await lake.close();
  if (!found.holds) Deno.exitCode = 1;
  answer(flags, found, () => verificationText(found));
}

async function verified(name: string, dataDir: string, lake: Lake): Promise<RunVerification> {
  const path = name.replace(/\/manifest\.json$/, ""), kind = await kindOf(path);
  const report = kind === "file" ? await readReport(path) : null;
  if (report !== null) return await verifiedReport(report, lake);
  const recorded = kind === "none" ? await readRun(dataDir, name) : await readRunFolder(path);
  return verifyRun(recorded, await runAgain(recorded.manifest, lake));
}

async function verifiedReport(published: ReportDocument, lake: Lake): Promise<RunVerification> {
  const { run, report } = await reportAgain(published, lake), recorded = published.identity.spec as RunManifest;
  const inputs = movedInputs(recorded, run.manifest);
  const { identity: _, ...own } = published, { identity: __, ...again } = report;
  const moved = movedValues(own, JSON.parse(JSON.stringify(again)));
  return { hash: recorded.run.hash, holds: inputs.length + moved.length === 0, inputs, moved };
}

async function kindOf(path: string): Promise<"file" | "folder" | "none"> {
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "file";
  } catch {
    return "none";
  }
}
