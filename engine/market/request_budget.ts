import type { TimestampMs } from "../time/mod.ts";

/**
 * What a request is for, the most urgent first. Cancels and questions about orders may spend all that the venue allows,
 * new orders leave a share of it for them, and data a larger one (fault 43).
 */
export type RequestUse = "cancel" | "query" | "order" | "data";

/** What a venue allows from one address. All who share it, in whatever process, name it by the same three words. */
export interface RateLimit {
  readonly venue: string;
  /** Whom the venue counts: an address or an account. */
  readonly address: string;
  /** Which of the venue's limits, as in `weight` or `orders`. */
  readonly name: string;
  /**
   * `window`: so much in each window, counted anew from the epoch's multiples of `windowMs`. `bucket`: so much in *any*
   * stretch of that length, so that requests are spaced.
   */
  readonly shape: "window" | "bucket";
  readonly weight: number;
  readonly windowMs: number;
  /** Part of `weight` that only cancels and queries may spend. */
  readonly cancelWeight: number;
  /** Part of `weight` that data may not spend, beside that one. */
  readonly tradingWeight: number;
  /** By how much the venue's clock may differ from ours: a request so near to a window's edge counts on both sides of it. */
  readonly guardMs: number;
}

/** Leave to send one request now. */
export interface BudgetGrant {
  readonly granted: true;
  readonly weight: number;
  /** Window in which it counts; 0 for a bucket. */
  readonly windowStartMs: number;
  /** True where the venue may count it in the window before. */
  readonly isAtStart: boolean;
}

/** Not now. Ask again then; nothing has been counted. */
export interface BudgetRefusal {
  readonly granted: false;
  readonly retryAtMs: TimestampMs;
  /** Our own count, the venue's 429, or its 418, which nobody may ignore. */
  readonly reason: "spent" | "throttled" | "banned";
}

/** What came of a request that was granted. */
export interface BudgetAnswer {
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** What the venue has counted in its present window, as its header says. */
  readonly usedWeight?: number;
  /** How long it wants no request, with a status 429 or 418. */
  readonly retryAfterMs?: number;
}

/**
 * The weight of requests that a venue and address have left, shared by all who send some: in one process, or through the
 * cache. Whoever got leave reports what came of it, once.
 */
export interface RequestBudget {
  reserve(limit: RateLimit, weight: number, use: RequestUse): Promise<BudgetGrant | BudgetRefusal>;
  report(limit: RateLimit, grant: BudgetGrant, answer: BudgetAnswer): Promise<void>;
}

/** Key under which a shared budget keeps a limit's count. */
export function limitKey({ venue, address, name }: RateLimit): string {
  return `${venue}/${address}/${name}`;
}
