import { type CandleKind, importCandles } from "../../engine/lake/mod.ts";
import { interruption } from "../interruption.ts";
import { lakePlace } from "../lake_place.ts";
import { answer, table } from "../output.ts";
import { lateProgress } from "../progress.ts";
import { readSettings } from "../settings.ts";
import type { ImportFlags } from "./import_flags.ts";

/** Imports candles of trades, or of the mark price. */
export function importCandleFiles(kind: CandleKind): (path: string, flags: ImportFlags) => Promise<void> {
  return (path, flags) => importFiles(kind, path, flags);
}

async function importFiles(kind: CandleKind, path: string, flags: ImportFlags): Promise<void> {
  const shown = lateProgress("import");
  const imported = await importCandles(lakePlace(readSettings().values.dataDir), path, {
    ...flags,
    kind,
    signal: interruption,
    progress: shown.advance,
  }).finally(shown.end);
  const sum = (what: "rows" | "added" | "revised" | "duplicates" | "outOfOrder" | "inconsistent") =>
    imported.reduce((total, file) => total + file[what], 0);
  const issues = {
    revised: sum("revised"),
    duplicates: sum("duplicates"),
    outOfOrder: sum("outOfOrder"),
    inconsistent: sum("inconsistent"),
  };
  const partitions = imported.reduce((total, file) => total + file.partitions.length, 0);
  answer(flags, { partitions, rows: sum("rows"), added: sum("added"), issues, files: imported }, () =>
    table(
      ["exchange", "symbol", "timeframe", "rows", "added", "revised", "duplicates", "inconsistent", "partitions"],
      imported.map((file) => [
        file.exchange,
        file.symbol,
        file.timeframe,
        file.rows,
        file.added,
        file.revised,
        file.duplicates,
        file.inconsistent,
        file.partitions.length,
      ]),
    ));
}
