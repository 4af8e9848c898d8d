/** The life of a market at its venue, milliseconds since 1970; infinite where it is not known to begin or end. */
export interface Listing {
  /** First moment at which it could be traded. */
  readonly listedAtMs: number;
  /** First moment at which it could not any more. */
  readonly delistedAtMs: number;
}
