// Pre-trade checks of an account that would rather have a smaller entry than none.
import { type Quantity, quantityToNumber } from "../money/mod.ts";
import type { LimitSpec } from "./limits.ts";
import { PRE_TRADE_RULES, withinFunds } from "./pre_trade_rules.ts";
import type { RiskRule } from "./risk_rule.ts";

/** The checks of every order; with `shrinkToFit` an entry beyond the funds is made as small as they allow. */
export function preTradeRules({ shrinkToFit = false }: LimitSpec, reserveFraction: number): readonly RiskRule[] {
  if (!shrinkToFit) return PRE_TRADE_RULES;
  return PRE_TRADE_RULES.map((rule) => rule === withinFunds ? fitted(rule, reserveFraction) : rule);
}

const SHARE_UNITS = 1_000_000_000n;

/**
 * A rule that lets an entry pass with the largest quantity for which it has nothing against it and the share set aside
 * for fee and slippage. Found by halving, in lots: so it does not matter how the rule comes to its answer.
 */
export function fitted(rule: RiskRule, reserveFraction: number): RiskRule {
  const withReserve = SHARE_UNITS + BigInt(Math.ceil(reserveFraction * Number(SHARE_UNITS)));
  return (intent, view) => {
    const answer = rule(intent, view);
    if (answer === null || intent.reduceOnly) return answer;
    const { lot } = view.instrument;
    const passes = (lots: bigint) => {
      const quantity = (lots * lot * withReserve / SHARE_UNITS) as Quantity;
      const orderNotional = view.orderNotional * (quantityToNumber(quantity) / quantityToNumber(intent.quantity));
      return rule({ ...intent, quantity }, { ...view, orderNotional }) === null;
    };
    let fits = 0n, tooMany = intent.quantity / lot + 1n;
    while (tooMany - fits > 1n) {
      const middle = (fits + tooMany) / 2n;
      if (passes(middle)) fits = middle;
      else tooMany = middle;
    }
    return { code: answer.code, reason: answer.reason, shrinkTo: (fits * lot) as Quantity };
  };
}
