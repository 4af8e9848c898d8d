import type { RiskRule } from "./risk_rule.ts";

/** A budget is a share of the equity and is met by sizes computed from it; rounding may leave the last bit over. */
const ROUNDING = 1 + 1e-9;

/** A strategy binds no more than its share of the equity; what makes a position smaller stays allowed. */
export const withinBudget: RiskRule = (intent, { budget, instrument, orderNotional, leverage }) => {
  if (intent.reduceOnly || budget === null) return null;
  const needed = budget.bound + orderNotional / (instrument.kind === "spot" ? 1 : leverage);
  if (needed <= budget.limit * ROUNDING) return null;
  return {
    code: "over-budget",
    reason: `${needed} would be bound by ${budget.strategy}, whose budget is ${budget.limit}`,
  };
};
