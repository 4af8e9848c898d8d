// From where the rows of a file of the lake came.

/** How many rows of one partition came from there, how many of them were new, and how many replaced one that differed. */
export interface ProvenanceCounts {
  readonly rows: number;
  readonly added: number;
  readonly revised: number;
}

/** A file that was imported. */
export interface FileProvenance extends ProvenanceCounts {
  /** Its name, without folders. */
  readonly file: string;
  readonly sha256: string;
  /** What the file itself says of its source and licence, where it is Parquet. */
  readonly source?: Readonly<Record<string, string>>;
}

/** A provider that was asked for candles. */
export interface ProviderProvenance extends ProvenanceCounts {
  /** Who was asked, as in `binance`. */
  readonly provider: string;
  /** Why: to have it, to close a gap that another provider left, as it came in, or made of trades that were fetched. */
  readonly how: "fetch" | "repair" | "stream" | "trades";
}

/** One origin of a partition's rows. */
export type Provenance = FileProvenance | ProviderProvenance;

/**
 * The origins of a partition after one more import. A provider that is asked each minute stays one entry, with the sums
 * of what it gave, until somebody else gives something.
 */
export function withProvenance(before: readonly Provenance[], own: Provenance): readonly Provenance[] {
  const last = before.at(-1);
  const goesOn = last !== undefined && "provider" in last && "provider" in own && last.provider === own.provider &&
    last.how === own.how;
  if (!goesOn) return [...before, own];
  const sum = (what: keyof ProvenanceCounts) => last[what] + own[what];
  return [...before.slice(0, -1), { ...own, rows: sum("rows"), added: sum("added"), revised: sum("revised") }];
}
