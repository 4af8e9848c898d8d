import { InputError } from "../errors/mod.ts";
import { constant, Series } from "../series/mod.ts";
import { BaseStrategy } from "./base_strategy.ts";
import type { DecisionContext } from "./decision_context.ts";
import { distance, type Protection } from "./protection.ts";

/** A stop or target: a fixed protection, or a series whose value at the decision is the distance in quote units. */
export type Distance = Protection | Series;

/**
 * Rules of a strategy. A rule fires where its series is exactly 1. Entry and exit together: exit. Rules of the other
 * side close the position first.
 */
export interface StrategyRules {
  readonly enter?: Series;
  readonly exit?: Series;
  readonly enterShort?: Series;
  readonly exitShort?: Series;
  readonly stop?: Distance;
  readonly target?: Distance;
}

const never = constant(0);
const ENTER = 0, EXIT = 1, ENTER_SHORT = 2, EXIT_SHORT = 3, STOP = 4, TARGET = 5;

/** Carries out {@linkcode StrategyRules}; its whole state is the position. */
export class RuleStrategy extends BaseStrategy {
  readonly series: readonly Series[];
  readonly #rules: StrategyRules;

  constructor(rules: StrategyRules) {
    super();
    if (!rules.enter && !rules.enterShort) {
      throw new InputError("strategy", "a strategy needs an enter or an enterShort rule");
    }
    this.#rules = rules;
    const asSeries = (value: Distance | undefined) => value instanceof Series ? value : never;
    this.series = [
      rules.enter ?? never,
      rules.exit ?? never,
      rules.enterShort ?? never,
      rules.exitShort ?? never,
      asSeries(rules.stop),
      asSeries(rules.target),
    ];
  }

  decide(context: DecisionContext): void {
    const values = context.values, position = context.position;
    const exit = values[EXIT] === 1, exitShort = values[EXIT_SHORT] === 1;
    const enter = values[ENTER] === 1 && !exit, enterShort = values[ENTER_SHORT] === 1 && !exitShort;
    const wantsLong = enter && !enterShort, wantsShort = enterShort && !enter;
    if (position > 0 && (exit || wantsShort)) context.exit();
    else if (position < 0 && (exitShort || wantsLong)) context.exit();
    // An entry that is still on its way is withdrawn by an exit signal, and not asked for twice.
    else if (position === 0 && context.entryPending && (exit || exitShort)) context.exit();
    else if (position !== 0 || context.entryPending) return;
    if (wantsLong && position <= 0) this.#enter(context, "buy");
    else if (wantsShort && position >= 0) this.#enter(context, "sell");
  }

  override identity(): unknown {
    const { stop, target } = this.#rules;
    const fixed = (value: Distance | undefined) => value === undefined || value instanceof Series ? null : value;
    return { series: this.series.map((node) => node.toJSON()), stop: fixed(stop), target: fixed(target) };
  }

  #enter(context: DecisionContext, side: "buy" | "sell"): void {
    const stop = this.#protection(this.#rules.stop, context.values[STOP]!);
    const target = this.#protection(this.#rules.target, context.values[TARGET]!);
    // A protection that cannot be computed yet must not turn into an unprotected entry.
    if (stop === undefined || target === undefined) return;
    context.requests.push({ kind: "enter", side, at: null, sizing: null, stop, target, reason: "enter" });
  }

  #protection(rule: Distance | undefined, value: number): Protection | null | undefined {
    if (rule === undefined) return null;
    if (!(rule instanceof Series)) return rule;
    return value > 0 ? distance(value) : undefined;
  }
}
