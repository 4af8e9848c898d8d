import { importListings } from "../../engine/lake/mod.ts";
import { lakePlace } from "../lake_place.ts";
import { answer, table } from "../output.ts";
import { readSettings } from "../settings.ts";
import type { ImportFlags } from "./import_flags.ts";

/** Imports when markets were listed, delisted and renamed. */
export async function importListingFile(path: string, { exchange, revise, ...flags }: ImportFlags): Promise<void> {
  const imported = await importListings(lakePlace(readSettings().values.dataDir), path, {
    ...(exchange === undefined ? {} : { exchange }),
    ...(revise === undefined ? {} : { revise }),
  });
  answer(flags, { listings: imported }, () =>
    table(
      ["exchange", "rows", "added", "completed", "revised"],
      imported.map((own) => [own.exchange, own.rows, own.added, own.completed, own.revised]),
    ));
}
