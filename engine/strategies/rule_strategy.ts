import { InputError } from "../errors/mod.ts";
import { constant, Series } from "../series/mod.ts";
import { BaseStrategy } from "./base_strategy.ts";
import type { DecisionContext } from "./decision_context.ts";
import type { EntryPrice, EntryRule } from "./entry_price.ts";
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
  /** Where entries wait: `limitAt(series)` or `stopAt(series)`; at the market without it. */
  readonly at?: EntryRule;
  readonly stop?: Distance;
  readonly target?: Distance;
}

const never = constant(0);
const ENTER = 0, EXIT = 1, ENTER_SHORT = 2, EXIT_SHORT = 3, STOP = 4, TARGET = 5, AT = 6;
/** Name in the memory: the candle on which the entry that waits was asked for. */
const ASKED = "asked";

/** Carries out {@linkcode StrategyRules}; its whole state is the position, and since when an entry waits. */
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
      rules.at?.price ?? never,
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
    else if (position === 0 && context.entryPending && this.#isTooOld(context)) context.withdraw();
    else if (position !== 0 || context.entryPending) return;
    if (wantsLong && position <= 0) this.#enter(context, "buy");
    else if (wantsShort && position >= 0) this.#enter(context, "sell");
  }

  override identity(): unknown {
    const { stop, target, at } = this.#rules;
    const fixed = (value: Distance | undefined) => value === undefined || value instanceof Series ? null : value;
    const waits = at === undefined ? null : { kind: at.kind, validFor: at.validFor };
    return { series: this.series.map((node) => node.toJSON()), stop: fixed(stop), target: fixed(target), at: waits };
  }

  #enter(context: DecisionContext, side: "buy" | "sell"): void {
    const stop = this.#protection(this.#rules.stop, context.values[STOP]!);
    const target = this.#protection(this.#rules.target, context.values[TARGET]!);
    // A protection that cannot be computed yet must not turn into an unprotected entry.
    if (stop === undefined || target === undefined) return;
    const at = this.#entryPrice(context);
    if (at === undefined) return;
    context.requests.push({ kind: "enter", side, at, sizing: null, stop, target, reason: "enter" });
  }

  /** Null for the market, undefined while the price is not known. */
  #entryPrice(context: DecisionContext): EntryPrice | null | undefined {
    const { at } = this.#rules;
    if (at === undefined) return null;
    const price = context.values[AT]!;
    if (!(price > 0 && price < Infinity)) return undefined;
    context.memory[ASKED] = context.index;
    return { kind: at.kind, price };
  }

  #isTooOld(context: DecisionContext): boolean {
    const validFor = this.#rules.at?.validFor ?? null;
    return validFor !== null && context.index - Number(context.memory[ASKED]) >= validFor;
  }

  #protection(rule: Distance | undefined, value: number): Protection | null | undefined {
    if (rule === undefined) return null;
    if (!(rule instanceof Series)) return rule;
    return value > 0 ? distance(value) : undefined;
  }
}
