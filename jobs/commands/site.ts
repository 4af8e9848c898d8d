import { Command } from "commander";
import { interruption } from "../interruption.ts";
import { answer } from "../output.ts";
import { progress } from "../progress.ts";
import { readSettings } from "../settings.ts";
import { buildSite } from "../site/build.ts";

/** `site`: the report pages, from what is in the data folder. */
export function siteCommand(): Command {
  return new Command("site")
    .description("Build the report pages of all runs and notebooks.")
    .option("--output <folder>", "where to, replacing an earlier site", "dist")
    .action(async (options: { output: string; json?: boolean }) => {
      const { dataDir } = readSettings().values;
      const startMs = performance.now(), line = progress("site", 3);
      const site = await buildSite({
        dataDir,
        output: options.output,
        signal: interruption,
        progress: (done, _, step) => line.advance(done, step),
      });
      line.end();
      const seconds = Number(((performance.now() - startMs) / 1000).toFixed(1));
      answer(options, { ...site, seconds }, () => `${site.pages.length} pages in ${site.output}, in ${seconds} s`);
    });
}
