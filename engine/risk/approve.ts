import type { OrderIntent, RiskApproved } from "../orders/mod.ts";
import type { Refusal, RiskRule, RiskView } from "./risk_rule.ts";

/** The answer of the risk rules: the order with its proof, or the first refusal. */
export type RiskDecision =
  | { readonly approved: RiskApproved<OrderIntent>; readonly refusal: null }
  | { readonly approved: null; readonly refusal: Refusal };

/**
 * Puts an order before all rules. This is the only place that makes a {@linkcode RiskApproved} order (invariant I8);
 * a rule that throws stops the order with it (invariant I15).
 */
export function approve(intent: OrderIntent, view: RiskView, rules: readonly RiskRule[]): RiskDecision {
  for (const rule of rules) {
    const refusal = rule(intent, view);
    if (refusal !== null) return { approved: null, refusal };
  }
  return { approved: intent as RiskApproved<OrderIntent>, refusal: null };
}
