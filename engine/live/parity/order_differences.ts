import type { Cause } from "./cause.ts";
import { executionOf, type LoggedOrder, type OrderLog } from "./order_log.ts";

/** The first thing that two runs have differently. */
export interface Divergence {
  readonly key: string;
  /** Number of the input at which it shows. */
  readonly at: number;
  /** What was ordered, or how it fared at the venue. */
  readonly what: "decision" | "outcome";
}

/** Everything about an order that must be the same in two runs; when it was heard of is not. */
function tellingOf(order: LoggedOrder | undefined): string {
  if (order === undefined) return "";
  return [order.wish, ...order.fills.map(executionOf), order.end ?? ""].join("\n");
}

/** Keys of the orders that two runs have differently. */
export function differentOrders(one: OrderLog, other: OrderLog): string[] {
  return [...new Set([...one.orders.keys(), ...other.orders.keys()])]
    .filter((key) => tellingOf(one.orders.get(key)) !== tellingOf(other.orders.get(key)));
}

/** Where two runs part; null where they do not. */
export function firstDivergence(session: OrderLog, fresh: OrderLog): Divergence | null {
  let first: Divergence | null = null;
  for (const key of new Set([...session.orders.keys(), ...fresh.orders.keys()])) {
    const own = divergenceOf(key, session.orders.get(key), fresh.orders.get(key));
    if (own === null) continue;
    const isEarlier = first === null || own.at < first.at ||
      (own.at === first.at && own.what === "outcome" && first.what === "decision");
    if (isEarlier) first = own;
  }
  return first;
}

function divergenceOf(
  key: string,
  one: LoggedOrder | undefined,
  other: LoggedOrder | undefined,
): Divergence | null {
  if (one === undefined || other === undefined || one.at !== other.at || one.wish !== other.wish) {
    return { key, at: Math.min(one?.at ?? Infinity, other?.at ?? Infinity), what: "decision" };
  }
  for (let i = 0; i < Math.max(one.heard.length, other.heard.length); i++) {
    const mine = one.heard[i], theirs = other.heard[i];
    if (mine?.what === theirs?.what && mine?.at === theirs?.at) continue;
    return { key, at: Math.min(mine?.at ?? Infinity, theirs?.at ?? Infinity), what: "outcome" };
  }
  return null;
}

/** Why an order fared otherwise at the venue than in the fresh run. @param refusal Code and reason, where it was refused. */
export function outcomeCause(
  session: LoggedOrder,
  fresh: LoggedOrder,
  refusal: { readonly code: string; readonly reason: string } | null,
  wasSent: boolean,
): Cause {
  const state = session.end;
  if (state === "refused" && refusal !== null) return refusal.code === "gate" ? gateCause(refusal.reason) : "reject";
  if (state === "refused" && !wasSent) return "restart gap";
  if (state === "refused" || state === "absent") return "lost request";
  const filled = filledOf(session), wanted = filledOf(fresh), { quantity } = session.intent;
  if (filled > quantity) return "overfill";
  if (filled !== wanted && filled > 0n && filled < quantity) return "partial fill";
  if (filled !== wanted) return "latency";
  const other = session.fills.find((fill, i) => {
    const theirs = fresh.fills[i];
    return theirs === undefined || fill.price !== theirs.price || fill.quantity !== theirs.quantity;
  });
  if (other !== undefined) return "venue price path";
  const hasOtherFee = session.fills.some(({ fee, feeAsset }, i) =>
    fee !== fresh.fills[i]!.fee || feeAsset !== fresh.fills[i]!.feeAsset
  );
  return hasOtherFee ? "fee tier" : "latency";
}

function gateCause(reason: string): Cause {
  if (reason.startsWith("the kill switch") || reason.startsWith("the mode")) return "operator command";
  if (reason.startsWith("another process")) return "restart gap";
  return /^it was (decided too long ago|given up)/.test(reason) ? "latency" : "halt";
}

function filledOf({ fills }: LoggedOrder): bigint {
  return fills.reduce((sum, { quantity }) => sum + quantity, 0n);
}
