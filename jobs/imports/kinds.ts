// What `candles import --kind` can import: one line a kind.
import { UsageError } from "../../engine/errors/mod.ts";
import { importCandleFiles } from "./candles.ts";
import { importFundingFiles } from "./funding.ts";
import type { ImportFlags } from "./import_flags.ts";
import { importListingFile } from "./listings.ts";

export type { ImportFlags } from "./import_flags.ts";

type Import = (path: string, flags: ImportFlags) => Promise<void>;

/** Kinds of files, and how each gets into the lake. */
export const IMPORT_KINDS: Readonly<Record<string, Import>> = {
  candles: importCandleFiles("candles"),
  mark: importCandleFiles("mark"),
  funding: importFundingFiles,
  listings: importListingFile,
};

/** The import of a kind. @throws {UsageError} for one that does not exist. */
export function importKind(kind: string): Import {
  if (Object.hasOwn(IMPORT_KINDS, kind)) return IMPORT_KINDS[kind]!;
  throw new UsageError(`--kind cannot be "${kind}": it is one of ${Object.keys(IMPORT_KINDS).join(", ")}`);
}
