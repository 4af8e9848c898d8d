import { InputError } from "../errors/mod.ts";
import { identityOf } from "../identity/mod.ts";
import type { Series } from "../series/mod.ts";
import type { AllocationRule } from "./allocation_rule.ts";
import type { BaseStrategy } from "./base_strategy.ts";
import { type ParameterSchema, type ParameterValue, resolveParameters, type ValuesOf } from "./parameter.ts";
import { RuleStrategy } from "./rule_strategy.ts";
import { type Schedule, scheduleSeries } from "./schedule.ts";
import type { StrategyRules } from "./strategy_rules.ts";

/** A strategy with its parameters fixed, ready to decide. */
export interface BoundStrategy {
  readonly id: string;
  readonly params: Readonly<Record<string, ParameterValue>>;
  /** SHA-256 over the rules' expressions, or over the code of a strategy class, with the parameters. */
  readonly hash: string;
  /** Series whose values the strategy reads; evaluated per market. */
  readonly series: readonly Series[];
  /** When it may enter; always without one. */
  readonly schedule?: Schedule;
  /** How it divides its equity among its markets, where it does. */
  readonly allocation?: AllocationRule;
  /** What it carries out, where it is stated as rules. */
  readonly rules?: StrategyRules;
  /** A fresh decision maker for one market. */
  create(): BaseStrategy;
}

/** A strategy as registries list it. */
export interface Strategy<S extends ParameterSchema = ParameterSchema> {
  readonly id: string;
  /** One sentence: what it believes about markets. */
  readonly summary: string;
  readonly params: S;
  /** Fixes the parameters. @throws {InputError} `parameter` for an unknown name or a value out of range. */
  bind(values?: Readonly<Record<string, ParameterValue>>): BoundStrategy;
}

interface StrategyHead<S extends ParameterSchema> {
  readonly id: string;
  readonly summary?: string;
  readonly params: S;
}

/** A strategy stated as rules, or as a class that decides candle by candle. */
export type StrategyDefinition<S extends ParameterSchema> =
  & StrategyHead<S>
  & ({ rules(values: ValuesOf<S>): StrategyRules } | { create(values: ValuesOf<S>): BaseStrategy });

const ID = /^[a-z][a-z0-9-]*$/;

/**
 * Defines a strategy. It runs unchanged in backtests, in paper and in live trading.
 *
 * @throws {InputError} `strategy` when the id is not lower-case words with dashes.
 * @example
 * ```ts
 * import { close, crossesAbove, crossesBelow } from "../series/mod.ts";
 * import { sma } from "../indicators/mod.ts";
 * import { defineStrategy, integer, percent } from "./mod.ts";
 *
 * const cross = defineStrategy({
 *   id: "my-cross",
 *   params: { fast: integer({ default: 10, min: 2, max: 200 }), slow: integer({ default: 50, min: 5, max: 500 }) },
 *   rules: ({ fast, slow }) => ({
 *     enter: crossesAbove(sma(close, fast), sma(close, slow)),
 *     exit: crossesBelow(sma(close, fast), sma(close, slow)),
 *     stop: percent(5),
 *   }),
 * });
 * cross.bind({ fast: 20 }).params; // { fast: 20, slow: 50 }
 * ```
 */
export function defineStrategy<const S extends ParameterSchema>(definition: StrategyDefinition<S>): Strategy<S> {
  if (!ID.test(definition.id)) {
    throw new InputError(
      "strategy",
      `"${definition.id}" is not a strategy id: use lower case and dashes like sma-cross`,
    );
  }
  return Object.freeze({
    id: definition.id,
    summary: definition.summary ?? "",
    params: definition.params,
    bind: (given = {}) => bind(definition, resolveParameters(definition.id, definition.params, given)),
  });
}

function bind<S extends ParameterSchema>(definition: StrategyDefinition<S>, values: ValuesOf<S>): BoundStrategy {
  const create = () => "rules" in definition ? new RuleStrategy(definition.rules(values)) : definition.create(values);
  const sample = create();
  const { schedule, allocation } = sample;
  if (schedule !== undefined) scheduleSeries(schedule); // says what is wrong with it
  let hash: string | undefined;
  return {
    id: definition.id,
    params: values,
    // Made when it is asked for: a sweep binds thousands of parameters.
    get hash() {
      const { id } = definition;
      return hash ??= identityOf({ id, params: values, code: sample.identity(), ...(schedule ? { schedule } : {}) });
    },
    series: sample.series,
    ...(schedule ? { schedule } : {}),
    ...(allocation ? { allocation } : {}),
    ...(sample instanceof RuleStrategy ? { rules: sample.rules } : {}),
    create,
  };
}
