/** Options of `candles retention`. */
export interface RetentionFlags {
  readonly json?: boolean;
  readonly keepDays?: number;
  readonly drop?: boolean;
  readonly exchange?: string;
  readonly symbol?: string;
  readonly timeframe?: string;
  readonly kind?: string;
  readonly archive?: string;
  readonly force?: boolean;
  readonly apply?: boolean;
}
