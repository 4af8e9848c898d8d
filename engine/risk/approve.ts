import { assert } from "../errors/mod.ts";
import { floorToLot, type Price, type Quantity, quantityToNumber } from "../money/mod.ts";
import type { ClientOrderId, OrderIntent, RiskApproved } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { minimumNotional, sanePrices } from "./pre_trade_rules.ts";
import type { Refusal, RiskRule, RiskView } from "./risk_rule.ts";

/** The answer of the risk rules: the order with its proof, or the first refusal; and why it was made smaller before. */
export type RiskDecision =
  | { readonly approved: RiskApproved<OrderIntent>; readonly refusal: null; readonly shrunk: readonly Refusal[] }
  | { readonly approved: null; readonly refusal: Refusal; readonly shrunk: readonly Refusal[] };

const NOT_SHRUNK: readonly Refusal[] = [];
/** An order that rules have made smaller this often is refused by the next one: rules that never agree must end. */
const MOST_SHRINKS = 16;

/**
 * Puts an order before all rules. This is the only place that makes a {@linkcode RiskApproved} order (invariant I8);
 * a rule that throws stops the order with it (invariant I15). An order that a rule makes smaller goes before all of
 * them again: what is left may be too small for one that it has passed.
 */
export function approve(intent: OrderIntent, view: RiskView, rules: readonly RiskRule[]): RiskDecision {
  let order = intent, seen = view, shrunk = NOT_SHRUNK;
  for (let i = 0; i < rules.length; i++) {
    const answer = rules[i]!(order, seen);
    if (answer === null) continue;
    const smaller = "shrinkTo" in answer && shrunk.length < MOST_SHRINKS
      ? shrink(order, answer.shrinkTo, view.instrument.lot)
      : null;
    if (smaller === null) return { approved: null, refusal: answer, shrunk };
    shrunk = [...shrunk, { code: answer.code, reason: answer.reason }];
    const share = quantityToNumber(smaller.quantity) / quantityToNumber(order.quantity);
    seen = { ...seen, orderNotional: seen.orderNotional * share };
    order = smaller;
    i = -1;
  }
  return { approved: order as RiskApproved<OrderIntent>, refusal: null, shrunk };
}

/**
 * An approved order that only reduces, at another price; null where it may not rest there. Nothing else of it changes, so
 * nothing else is asked.
 */
export function approveMove(
  order: RiskApproved<OrderIntent>,
  price: Price,
  limitPrice: Price | null,
  decidedAtMs: TimestampMs,
  view: Pick<RiskView, "instrument" | "mark">,
): RiskApproved<OrderIntent> | null {
  assert(order.reduceOnly, "only what reduces a position moves without the risk rules");
  const moved = { ...order, price, limitPrice, decidedAtMs };
  return sanePrices(moved, view) === null && minimumNotional(moved, view) === null ? moved : null;
}

/**
 * An approved order that only reduces, for less of it and under a name of its own: what may close so much may close less.
 * Null where the venue takes no order of that size.
 */
export function approveLess(
  order: RiskApproved<OrderIntent>,
  quantity: Quantity,
  clientOrderId: ClientOrderId,
  decidedAtMs: TimestampMs,
  view: Pick<RiskView, "instrument" | "mark">,
): RiskApproved<OrderIntent> | null {
  assert(order.reduceOnly, "only what reduces a position is made smaller without the risk rules");
  assert(quantity > 0n && quantity <= order.quantity, "an approval is for so much, and for less");
  const less = { ...order, quantity, clientOrderId, decidedAtMs };
  return minimumNotional(less, view) === null ? less : null;
}

/** The order with what the rule leaves of it, at least a lot less than before; null when that is nothing. */
function shrink(order: OrderIntent, wanted: Quantity, lot: Quantity): OrderIntent | null {
  const most = order.quantity - lot;
  const quantity = floorToLot((wanted < most ? wanted : most) as Quantity, lot);
  if (quantity <= 0n) return null;
  // A venue that sizes at the fill must not make the order large again.
  const sizeAtFill = order.sizeAtFill === null ? null : { kind: "units" as const, units: quantityToNumber(quantity) };
  return { ...order, quantity, sizeAtFill };
}
