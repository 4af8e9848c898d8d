import { InputError } from "../errors/mod.ts";
import { atr } from "../indicators/mod.ts";
import type { PlainSizing } from "../orders/mod.ts";
import { constant, Series } from "../series/mod.ts";
import { BaseStrategy } from "./base_strategy.ts";
import type { DecisionContext } from "./decision_context.ts";
import type { EntryPrice } from "./entry_price.ts";
import { PositionView } from "./position_view.ts";
import { atPrice, distance, type Protection, sameProtection } from "./protection.ts";
import type { Schedule } from "./schedule.ts";
import { sizingOf } from "./size_rule.ts";
import { type ExitHook, rulesIdentity, type StrategyRules } from "./strategy_rules.ts";
import { FiringRules, type RuleList } from "./tagged_rule.ts";

const never = constant(0);
/** Places among the values; the first four belong to the rules. */
const STOP = 4, TARGET = 5, AT = 6, SIZE = 7;
/** Name in the memory: the candle on which the entry that waits was asked for. */
const ASKED = "#asked";

/** Carries out {@linkcode StrategyRules}; what it remembers is since when an entry waits, and what its hooks do. */
export class RuleStrategy extends BaseStrategy {
  readonly series: readonly Series[];
  declare readonly schedule?: Schedule;
  readonly #rules: StrategyRules;
  readonly #enter: FiringRules;
  readonly #exit: FiringRules;
  readonly #enterShort: FiringRules;
  readonly #exitShort: FiringRules;
  readonly #exitHooks: readonly ExitHook[];
  readonly #exitShortHooks: readonly ExitHook[];
  readonly #view: PositionView;

  constructor(rules: StrategyRules) {
    super();
    if (!rules.enter && !rules.enterShort) {
      throw new InputError("strategy", "a strategy needs an enter or an enterShort rule");
    }
    this.#rules = rules;
    if (rules.schedule !== undefined) this.schedule = rules.schedule;
    this.#enter = new FiringRules(rulesOf(rules.enter), "enter");
    this.#exit = new FiringRules(rulesOf(rules.exit), "exit");
    this.#enterShort = new FiringRules(rulesOf(rules.enterShort), "enter");
    this.#exitShort = new FiringRules(rulesOf(rules.exitShort), "exit");
    this.#exitHooks = hooksOf(rules.exit);
    this.#exitShortHooks = hooksOf(rules.exitShort);
    const asSeries = (value: unknown) => value instanceof Series ? value : averageRangeOf(value) ?? never;
    const series = [
      this.#enter.series[0] ?? never,
      this.#exit.series[0] ?? never,
      this.#enterShort.series[0] ?? never,
      this.#exitShort.series[0] ?? never,
      asSeries(rules.stop),
      asSeries(rules.target),
      rules.at?.price ?? never,
    ];
    const lists = [this.#enter, this.#exit, this.#enterShort, this.#exitShort],
      values = Object.entries(rules.values ?? {});
    const size = typeof rules.size === "object" ? rules.size.value : null;
    // Rules that use none of this keep the identity that they had before it was there.
    if (size !== null || values.length > 0 || lists.some((list) => list.series.length > 1)) series.push(size ?? never);
    lists.forEach((list, first) => {
      list.placedAt(first, series.length);
      series.push(...list.series.slice(1));
    });
    this.#view = new PositionView(values.map(([name]) => name), series.length);
    series.push(...values.map(([, value]) => value));
    this.series = series;
  }

  decide(context: DecisionContext): void {
    const { values, position, side } = context;
    const exit = this.#exit.firing(values), exitShort = this.#exitShort.firing(values);
    const enter = exit === null && side !== "short" ? this.#enter.firing(values) : null;
    const enterShort = exitShort === null && side !== "long" ? this.#enterShort.firing(values) : null;
    const wantsLong = enter !== null && enterShort === null, wantsShort = enterShort !== null && enter === null;
    const leave = position > 0
      ? exit ?? this.#asked(this.#exitHooks, context) ?? (wantsShort ? "exit" : null)
      : position < 0
      ? exitShort ?? this.#asked(this.#exitShortHooks, context) ?? (wantsLong ? "exit" : null)
      : null;
    if (leave !== null) context.exit(leave);
    // An entry that is still on its way is withdrawn by an exit signal, and not asked for twice.
    else if (position === 0 && context.entryPending && (exit !== null || exitShort !== null)) context.exit();
    else if (position === 0 && context.entryPending && this.#isTooOld(context)) context.withdraw();
    else if (position !== 0) return this.#moveProtection(context);
    else if (context.entryPending) return;
    if (wantsLong && position <= 0) this.#request(context, "buy", enter);
    else if (wantsShort && position >= 0) this.#request(context, "sell", enterShort);
  }

  override identity(): unknown {
    return { series: this.series.map((node) => node.toJSON()), ...rulesIdentity(this.#rules) };
  }

  /** The first reason that a hook gives to leave. */
  #asked(hooks: readonly ExitHook[], context: DecisionContext): string | null {
    for (let i = 0; i < hooks.length; i++) {
      const answer = hooks[i]!(this.#view.open(context));
      if (answer !== false) return answer === true ? "exit" : answer;
    }
    return null;
  }

  #moveProtection(context: DecisionContext): void {
    const stop = this.#moved(this.#rules.stop, context, context.stop);
    const target = this.#moved(this.#rules.target, context, context.target);
    if (stop !== undefined || target !== undefined) {
      context.protect({ ...(stop === undefined ? {} : { stop }), ...(target === undefined ? {} : { target }) });
    }
  }

  /** Where a hook wants a protection that is elsewhere now. */
  #moved(
    rule: StrategyRules["stop"],
    context: DecisionContext,
    now: Protection | null,
  ): Protection | null | undefined {
    if (typeof rule !== "function") return undefined;
    const wanted = protectionOf(rule(this.#view.open(context)));
    return wanted === undefined || sameProtection(wanted, now) ? undefined : wanted;
  }

  #request(context: DecisionContext, side: "buy" | "sell", reason: string): void {
    const at = this.#entryPrice(context);
    if (at === undefined) return;
    const price = at?.price ?? context.close;
    const stop = this.#protection(this.#rules.stop, context, STOP, side, price);
    const target = this.#protection(this.#rules.target, context, TARGET, side, price);
    // A protection that cannot be computed yet must not turn into an unprotected entry.
    if (stop === undefined || target === undefined) return;
    const sizing = this.#sizing(context, side, price);
    if (sizing === undefined) return;
    if (at !== null) context.memory[ASKED] = context.index;
    context.request({ kind: "enter", side, at, sizing, stop, target, reason });
  }

  /** Null for the market, undefined while the price is not known. */
  #entryPrice(context: DecisionContext): EntryPrice | null | undefined {
    const { at } = this.#rules;
    if (at === undefined) return null;
    const price = context.values[AT]!;
    return price > 0 && price < Infinity ? { kind: at.kind, price } : undefined;
  }

  #isTooOld(context: DecisionContext): boolean {
    const validFor = this.#rules.at?.validFor ?? null;
    return validFor !== null && context.index - Number(context.memory[ASKED]) >= validFor;
  }

  #protection(
    rule: StrategyRules["stop"],
    context: DecisionContext,
    place: number,
    side: "buy" | "sell",
    price: number,
  ): Protection | null | undefined {
    if (rule === undefined) return null;
    if (typeof rule === "function") return protectionOf(rule(this.#view.expected(context, side, price)));
    if (!(rule instanceof Series)) return rule;
    const value = context.values[place]!;
    return value > 0 ? distance(value) : undefined;
  }

  /** Null for the run's sizing, undefined for no entry. */
  #sizing(context: DecisionContext, side: "buy" | "sell", price: number): PlainSizing | null | undefined {
    const { size } = this.#rules;
    if (size === undefined) return null;
    if (typeof size !== "function") return sizingOf(size, context.values[SIZE]!) ?? undefined;
    const sizing = size(this.#view.expected(context, side, price));
    return sizing === undefined ? null : sizing ?? undefined;
  }
}

/** The average true range that a stop follows. */
function averageRangeOf(rule: unknown): Series | null {
  const stop = rule as Protection | undefined;
  return stop?.kind === "trailing-atr" ? atr(stop.length) : null;
}

/** What a hook's answer stands for; undefined where it says nothing. */
function protectionOf(answer: number | Protection | null | undefined): Protection | null | undefined {
  if (typeof answer !== "number") return answer;
  return answer > 0 && answer < Infinity ? atPrice(answer) : undefined;
}

type Rule = Exclude<RuleList<ExitHook>, readonly unknown[]>;

function listOf(rules: RuleList<ExitHook> | undefined): readonly Rule[] {
  if (rules === undefined) return [];
  return Array.isArray(rules) ? rules : [rules as Rule];
}

function rulesOf(rules: RuleList<ExitHook> | undefined): Exclude<Rule, ExitHook>[] {
  return listOf(rules).filter((rule) => typeof rule !== "function");
}

function hooksOf(rules: RuleList<ExitHook> | undefined): ExitHook[] {
  return listOf(rules).filter((rule) => typeof rule === "function");
}
