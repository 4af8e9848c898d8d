// Where rows go that the database is not to keep: a port, since what writes Parquet is another module (joined in jobs/).

/** Rows of a table as CSV with a header, as PostgreSQL writes it; empty cells are null, empty texts are quoted. */
export interface ArchivedRows {
  readonly columns: readonly ArchivedColumn[];
  readonly csv: AsyncIterable<Uint8Array>;
}

/** A column and what PostgreSQL holds in it, as `numeric(38,12)`. */
export interface ArchivedColumn {
  readonly name: string;
  readonly type: string;
}

/** A file of an archive. */
export interface ArchivedFile {
  readonly path: string;
  /** Rows that were read back from it. */
  readonly rows: number;
}

/** Keeps rows for good. */
export interface Archive {
  /**
   * Writes rows under a name, whole or not at all, and reads them back. The same name again replaces what was kept: an
   * archiving that was interrupted is simply done again.
   *
   * @param name As `journal_events/2026-01-31-0a1b2c`.
   */
  keep(name: string, rows: ArchivedRows): Promise<ArchivedFile>;
}
