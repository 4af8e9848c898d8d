import { importFunding } from "../../engine/lake/mod.ts";
import { interruption } from "../interruption.ts";
import { lakePlace } from "../lake_place.ts";
import { answer, table } from "../output.ts";
import { lateProgress } from "../progress.ts";
import { readSettings } from "../settings.ts";
import type { ImportFlags } from "./import_flags.ts";

/** Imports the funding of perpetual contracts. */
export async function importFundingFiles(path: string, flags: ImportFlags): Promise<void> {
  const shown = lateProgress("import");
  const imported = await importFunding(lakePlace(readSettings().values.dataDir), path, {
    ...flags,
    signal: interruption,
    progress: shown.advance,
  }).finally(shown.end);
  answer(flags, { funding: imported }, () =>
    table(
      ["exchange", "symbol", "rows", "added", "completed", "revised", "duplicates"],
      imported.map((own) => [
        own.exchange,
        own.symbol,
        own.rows,
        own.added,
        own.completed,
        own.revised,
        own.duplicates,
      ]),
    ));
}
