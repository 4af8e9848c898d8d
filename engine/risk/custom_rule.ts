// Rules that a user passes to a run beside the limits that a spec can state.
import { InputError } from "../errors/mod.ts";
import { sha256Hex } from "../identity/mod.ts";
import { entriesOnly } from "./limits.ts";
import type { RiskRule } from "./risk_rule.ts";

/** A rule as a run spec names it. Constants that the function closes over are not part of its text: put them into it. */
export interface RuleIdentity {
  /** The function's own name. */
  readonly name: string;
  /** SHA-256 of the function's source text. */
  readonly sha256: string;
}

/**
 * What tells a rule from others.
 *
 * @throws {InputError} `rule` for a function without a name.
 */
export function ruleIdentity(rule: RiskRule): RuleIdentity {
  if (rule.name === "") {
    throw new InputError("rule", "a risk rule needs a name: write const myRule: RiskRule = (order, account) => …");
  }
  return { name: rule.name, sha256: sha256Hex(String(rule)) };
}

/**
 * The rules of a run that names them; like limits they judge entries only.
 *
 * @throws {InputError} `rule` when they are not the ones that it names, in that order.
 */
export function customRules(named: readonly RuleIdentity[], rules: readonly RiskRule[]): RiskRule[] {
  const given = rules.map(ruleIdentity);
  named.forEach(({ name, sha256 }, i) => {
    if (given[i]?.name === name && given[i].sha256 === sha256) return;
    const there = given[i] === undefined
      ? "it was not given"
      : given[i].name === name
      ? "its text has changed"
      : `${given[i].name} was given in its place`;
    throw new InputError("rule", `the run was made with the risk rule ${name}, and ${there}: pass it in rules`);
  });
  if (given.length > named.length) {
    throw new InputError(
      "rule",
      `the run spec does not name the risk rule ${given[named.length]!.name}: add it to rules`,
    );
  }
  return rules.map(entriesOnly);
}
