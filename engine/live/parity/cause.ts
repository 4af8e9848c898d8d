/** Why an order went otherwise than in the fresh run: all reasons that there are. */
export type Cause =
  | "late candle"
  | "missing candle"
  | "candle not in store"
  | "revision"
  | "reject"
  | "partial fill"
  | "overfill"
  | "lost request"
  | "latency"
  | "fee tier"
  | "bust"
  | "adjustment"
  | "operator command"
  | "halt"
  | "restart gap"
  | "venue rules"
  | "watchdog"
  | "venue price path";

/** One thing that happened to a session and changed what came of it. */
export interface NamedCause {
  readonly cause: Cause;
  /** What happened, for people. */
  readonly about: string;
  readonly atMs: number;
  /** Orders that it changed, by their keys. */
  readonly orders: readonly string[];
  /** What it added to the result, quote units. */
  readonly pnlQuote: number;
}
