/** Options of `candles import`, as every kind of file gets them. */
export interface ImportFlags {
  readonly json?: boolean;
  readonly kind?: string;
  readonly exchange?: string;
  readonly symbol?: string;
  readonly timeframe?: string;
  readonly map?: Readonly<Record<string, string>>;
  /** False by `--no-checksum`. */
  readonly checksum?: boolean;
  readonly sort?: boolean;
  readonly revise?: boolean;
}
