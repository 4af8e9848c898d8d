import { InputError } from "../errors/mod.ts";
import { atr } from "../indicators/mod.ts";
import type { PlainSizing } from "../orders/mod.ts";
import { constant, Series } from "../series/mod.ts";
import { BaseStrategy } from "./base_strategy.ts";
import type { DecisionContext } from "./decision_context.ts";
import { isTrailingEntry } from "./entry_price.ts";
import { entryRequest } from "./entry_request.ts";
import { EntryRules, type PlacedEntry } from "./entry_rules.ts";
import { checkTargets, type TargetPart } from "./exit_part.ts";
import { PositionView } from "./position_view.ts";
import { atPrice, distance, type Protection, sameProtection } from "./protection.ts";
import type { Schedule } from "./schedule.ts";
import { sizingOf } from "./size_rule.ts";
import { type Distance, type ExitHook, rulesIdentity, type StrategyRules } from "./strategy_rules.ts";
import { FiringRules, type RuleList } from "./tagged_rule.ts";

const never = constant(0);
/** Places among the values; the first four belong to the rules. */
const STOP = 4, TARGET = 5, AT = 6, SIZE = 7;
/** Names in the memory: the candle on which the entries that wait were asked for; how many positions were closed by then. */
const ASKED = "#asked", CLOSED = "#closed";

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
  readonly #entries: EntryRules;
  /** Place of the first series among the targets of parts. */
  readonly #targetsFrom: number;

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
    this.#entries = new EntryRules(rules);
    const single = rules.at !== undefined && "price" in rules.at ? rules.at.price : undefined;
    const asSeries = (value: unknown) => value instanceof Series ? value : averageRangeOf(value) ?? never;
    const series = [
      this.#enter.series[0] ?? never,
      this.#exit.series[0] ?? never,
      this.#enterShort.series[0] ?? never,
      this.#exitShort.series[0] ?? never,
      asSeries(rules.stop),
      asSeries(rules.target),
      averageRangeOf(rules.at) ?? single ?? never,
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
    this.#entries.placedAt(single, AT, series.length);
    series.push(...this.#entries.series);
    this.#targetsFrom = series.length;
    const targets = rules.targets ?? [];
    checkTargets(targets);
    for (const { at } of targets) if (at instanceof Series) series.push(at);
    series.push(...[...(rules.ladder ?? []), ...(rules.oco ?? [])].flatMap(({ at }) => averageRangeOf(at) ?? []));
    this.series = series;
  }

  /** What it carries out. */
  get rules(): StrategyRules {
    return this.#rules;
  }

  decide(context: DecisionContext): void {
    const { values, position, side } = context;
    const exit = this.#exit.firing(values), exitShort = this.#exitShort.firing(values);
    const { isOco } = this.#entries;
    // Entries that say their own sides are made by a flat book, whichever side it holds.
    const mayEnter = exit === null && (isOco ? position === 0 && exitShort === null : side !== "short");
    const enter = mayEnter ? this.#enter.firing(values) : null;
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
    else if (context.entryPending && this.#isOver(context)) context.withdraw();
    else if (position === 0 && context.entryPending) return;
    if (leave === null && position !== 0) return this.#moveProtection(context);
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
    const entries = this.#entries.placed(side, context.values);
    if (entries === null) return;
    const requests = entries.map((entry) => this.#entryOf(context, entry, reason));
    // What cannot be computed yet must not turn into an entry without it, nor into a part of one.
    if (!requests.every((request) => request !== null)) return;
    if (entries.some(({ at }) => at !== null)) {
      context.memory[ASKED] = context.index;
      // One that is held now is left by the same decision.
      if (this.#entries.isLadder) context.memory[CLOSED] = context.positionsClosed + (context.position === 0 ? 0 : 1);
    }
    for (const request of requests) context.request(request);
  }

  #entryOf(context: DecisionContext, { side, at, fraction, leg }: PlacedEntry, reason: string) {
    const price = isTrailingEntry(at) || at === null ? context.close : at.price;
    const stop = this.#protection(this.#rules.stop, context, STOP, side, price);
    const target = this.#protection(this.#rules.target, context, TARGET, side, price);
    const targets = this.#targets(context), sizing = this.#sizing(context, side, price);
    if (stop === undefined || target === undefined || targets === null || sizing === undefined) return null;
    const { terms, isOco } = this.#entries;
    const options = {
      at: at ?? undefined,
      sizing: sizing ?? undefined,
      stop: stop ?? undefined,
      target: target ?? undefined,
      targets,
      fraction,
      leg,
      reason,
      ...terms,
    };
    return entryRequest(side, options, isOco ? 1 : undefined);
  }

  /** Targets of parts; null while a distance is not known. */
  #targets(context: DecisionContext): TargetPart[] | undefined | null {
    const { targets } = this.#rules;
    if (targets === undefined) return undefined;
    const parts: TargetPart[] = [];
    let place = this.#targetsFrom;
    for (const { at, ...rest } of targets) {
      const own = fixedOf(at, at instanceof Series ? context.values[place++]! : NaN);
      if (own === undefined) return null;
      parts.push({ ...rest, at: own });
    }
    return parts;
  }

  /** True when what waits has waited long enough, or when the position is gone that a part of it has opened. */
  #isOver(context: DecisionContext): boolean {
    const { memory, index, position, positionsClosed } = context, { validFor, isLadder } = this.#entries;
    if (isLadder && position === 0 && positionsClosed > Number(memory[CLOSED])) return true;
    return validFor !== null && index - Number(memory[ASKED]) >= validFor;
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
    return fixedOf(rule, context.values[place]!);
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

/** A protection as it is, or a distance by the value of its series; undefined where that is not known. */
function fixedOf(rule: Distance, value: number): Protection | undefined {
  if (!(rule instanceof Series)) return rule;
  return value > 0 ? distance(value) : undefined;
}

/** The average true range that a stop or an entry follows. */
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
