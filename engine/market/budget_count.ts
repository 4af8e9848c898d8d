// The arithmetic of a request budget over plain data, for every implementation of it: in one process, in a table, in Redis.
import { assert } from "../errors/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { BudgetAnswer, BudgetGrant, BudgetRefusal, RateLimit, RequestUse } from "./request_budget.ts";

/** What is kept of one limit: plain numbers, to be stored as they are. */
export interface BudgetCount {
  /** Start of the window that `used` counts. */
  readonly windowStartMs: number;
  /** Weight that the venue has counted in it, or may count yet. */
  readonly used: number;
  /** The same of the window before. */
  readonly usedBefore: number;
  /** Part of it whose requests have not been answered: the venue may count them in the next window. */
  readonly unanswered: number;
  /** Moment at which a bucket is full again. */
  readonly fullAtMs: number;
  /** No request before. */
  readonly blockedUntilMs: number;
  readonly isBanned: boolean;
}

/** A limit of which nothing has been spent. */
export const UNSPENT: BudgetCount = {
  windowStartMs: 0,
  used: 0,
  usedBefore: 0,
  unanswered: 0,
  fullAtMs: 0,
  blockedUntilMs: 0,
  isBanned: false,
};

/** Without a `Retry-After`, so long after a 418; the shortest ban of Binance. */
const BAN_MS = 120_000;
/** And at least so long after a 429. */
const THROTTLED_MS = 1_000;

/** Asks for leave to send a request of some weight now: the decision, and the count after it. */
export function reserveWeight(
  count: BudgetCount,
  limit: RateLimit,
  weight: number,
  use: RequestUse,
  nowMs: TimestampMs,
): { readonly count: BudgetCount; readonly decision: BudgetGrant | BudgetRefusal } {
  const allowed = allowedWeight(limit, use);
  assert(
    weight > 0 && weight <= allowed,
    `a ${use} request of weight ${weight} never fits ${limit.venue}'s ${allowed}`,
  );
  const present = atMoment(count, limit, nowMs);
  if (nowMs < present.blockedUntilMs) {
    const reason = present.isBanned ? "banned" : "throttled";
    return { count: present, decision: refusal(present.blockedUntilMs, reason) };
  }
  return limit.shape === "window"
    ? reserveInWindow(present, limit, weight, use, nowMs)
    : reserveInBucket(present, limit, weight, use, nowMs);
}

/** Takes in what came of a request. */
export function reportAnswer(
  count: BudgetCount,
  limit: RateLimit,
  grant: BudgetGrant,
  { status, usedWeight = 0, retryAfterMs }: BudgetAnswer,
  nowMs: TimestampMs,
): BudgetCount {
  const present = atMoment(count, limit, nowMs);
  const isPresent = limit.shape === "window" && grant.windowStartMs === present.windowStartMs;
  // Just after a window's beginning the venue may tell of the window before, which has nothing to do with this one.
  const told = grant.isAtStart ? 0 : usedWeight;
  // A request without an answer may still reach the venue, and one answered just before the window's end may count in the
  // next one by the venue's clock: both stay counted as unanswered.
  const isSettled = isPresent && status !== null && nowMs < present.windowStartMs + limit.windowMs - limit.guardMs;
  const answered = isSettled ? grant.weight : 0;
  const counted = {
    ...present,
    unanswered: Math.max(0, present.unanswered - answered),
    used: isPresent ? Math.max(present.used, told) : present.used,
  };
  if (status !== 429 && status !== 418) return counted;
  const isBan = status === 418;
  const untilMs = nowMs + (retryAfterMs ?? (isBan ? BAN_MS : Math.max(THROTTLED_MS, restOfWindow(limit, nowMs))));
  if (untilMs <= present.blockedUntilMs) return { ...counted, isBanned: present.isBanned || isBan };
  return {
    ...counted,
    blockedUntilMs: untilMs,
    isBanned: isBan || (present.isBanned && nowMs < present.blockedUntilMs),
  };
}

/** Weight in a window up to which a use may go. */
export function allowedWeight({ weight, cancelWeight, tradingWeight }: RateLimit, use: RequestUse): number {
  if (use === "cancel" || use === "query") return weight;
  return weight - cancelWeight - (use === "data" ? tradingWeight : 0);
}

/** The count as the present window begins it: requests on their way since the last one count again. */
function atMoment(count: BudgetCount, limit: RateLimit, nowMs: number): BudgetCount {
  if (limit.shape === "bucket") return count;
  const windowStartMs = Math.floor(nowMs / limit.windowMs) * limit.windowMs;
  if (windowStartMs <= count.windowStartMs) return count; // a clock that was set back goes on in the later window
  const isNext = windowStartMs === count.windowStartMs + limit.windowMs;
  const [used, usedBefore] = isNext ? [count.unanswered, count.used] : [0, 0];
  return { ...count, windowStartMs, used, usedBefore, unanswered: 0 };
}

/**
 * Near an edge a request counts on both sides of it, as the venue's clock may differ from ours: nothing waits only because
 * of the time at which it comes, which for orders is right after a candle's close. Just before a window's end the next one
 * begins with it, as with all that is not answered until then; just after its beginning it must fit into the one before.
 */
function reserveInWindow(count: BudgetCount, limit: RateLimit, weight: number, use: RequestUse, nowMs: number) {
  const { windowMs, guardMs } = limit, { windowStartMs, used, usedBefore, unanswered } = count;
  const allowed = allowedWeight(limit, use), isAtStart = nowMs < windowStartMs + guardMs;
  if (used + weight > allowed) return { count, decision: refusal(windowStartMs + windowMs + guardMs, "spent") };
  if (isAtStart && usedBefore + weight > allowed) {
    return { count, decision: refusal(windowStartMs + guardMs, "spent") };
  }
  const decision: BudgetGrant = { granted: true, weight, windowStartMs, isAtStart };
  return {
    count: {
      ...count,
      used: used + weight,
      usedBefore: isAtStart ? usedBefore + weight : usedBefore,
      unanswered: unanswered + weight,
    },
    decision,
  };
}

/** A fifth of the limit may come at once, the rest is spread: no stretch of `windowMs` holds more than `weight`. */
const BURST_FRACTION = 0.2;

function reserveInBucket(count: BudgetCount, limit: RateLimit, weight: number, use: RequestUse, nowMs: number) {
  const burst = Math.max(1, limit.weight * BURST_FRACTION);
  const msPerWeight = limit.windowMs / Math.max(limit.weight - burst, limit.weight * BURST_FRACTION);
  const kept = Math.min(burst - 1, limit.weight - allowedWeight(limit, use));
  const fullAtMs = Math.max(count.fullAtMs, nowMs) + weight * msPerWeight;
  // A request heavier than the burst goes alone, once the bucket is full.
  const waitMs = fullAtMs - nowMs - Math.max(weight, burst - kept) * msPerWeight;
  if (waitMs > 0) return { count, decision: refusal(Math.ceil(nowMs + waitMs), "spent") };
  const decision: BudgetGrant = { granted: true, weight, windowStartMs: 0, isAtStart: false };
  return { count: { ...count, fullAtMs }, decision };
}

function restOfWindow({ shape, windowMs, guardMs }: RateLimit, nowMs: number): number {
  return shape === "window" ? windowMs - nowMs % windowMs + guardMs : windowMs;
}

function refusal(retryAtMs: number, reason: BudgetRefusal["reason"]): BudgetRefusal {
  return { granted: false, retryAtMs: retryAtMs as TimestampMs, reason };
}
