// A strategy of which every decision is written down: what it saw, what it asked for, and what its hooks answered.
import type { Series } from "../../series/mod.ts";
import {
  BaseStrategy,
  type BoundStrategy,
  type DecisionContext,
  type Request,
  RuleStrategy,
  type Schedule,
  type StrategyRules,
} from "../../strategies/mod.ts";

/** What a decision is made on beside the market: the strategy's account. */
type Facts = Pick<
  DecisionContext,
  | "equity"
  | "position"
  | "positionsClosed"
  | "entryPrice"
  | "bestPrice"
  | "barsHeld"
  | "entryTimeMs"
  | "stop"
  | "target"
  | "entryPending"
>;

/** A decision as it was. */
export interface Decision {
  readonly openTimeMs: number;
  readonly closeTimeMs: number;
  readonly requests: readonly Request[];
  /** Values of the strategy's series, then of the parts that they are made of. */
  readonly values: Float64Array;
  /** What its hooks answered, in order. */
  readonly hooks: readonly { readonly name: string; readonly answer: unknown }[];
  readonly facts: Facts;
}

/** How a witnessed run differs from a backtest. */
export interface WitnessTerms {
  /**
   * Decisions of the run that is repeated, one list a book, by open time: the account is as it was there, whatever is
   * decided here, and nothing is traded. So nothing that an account does can be taken for a leak.
   */
  readonly script?: readonly ReadonlyMap<number, Decision>[];
  /** True where the values of the series are to be those of the script, too. */
  readonly sameValues?: boolean;
  /** Added to the number of each candle, and taken off its times before the script is asked. */
  readonly indexOffset?: number;
  readonly timeOffsetMs?: number;
  /** Decisions at the beginning that are not asked for. */
  readonly skipped?: number;
}

const NONE: readonly never[] = [];

/** A bound strategy that keeps its decisions in `books`, one list for each market that it is created for. */
export class WitnessedStrategy implements BoundStrategy {
  readonly id: string;
  readonly params: BoundStrategy["params"];
  readonly hash = "witnessed";
  readonly series: readonly Series[];
  declare readonly schedule?: Schedule;
  readonly books: Decision[][] = [];

  /** @param parts Series whose values are written down beside those of the strategy. */
  constructor(
    readonly bound: BoundStrategy,
    readonly parts: readonly Series[],
    readonly terms: WitnessTerms = {},
  ) {
    this.id = bound.id;
    this.params = bound.params;
    this.series = [...bound.series, ...parts];
    if (bound.schedule !== undefined) this.schedule = bound.schedule;
  }

  create(): BaseStrategy {
    const decisions: Decision[] = [];
    this.books.push(decisions);
    return new Witness(this, decisions, this.terms.script?.[this.books.length - 1]);
  }
}

class Witness extends BaseStrategy {
  readonly series: readonly Series[];
  declare readonly schedule?: Schedule;
  readonly #inner: BaseStrategy;
  readonly #answers: { name: string; answer: unknown }[] = [];
  readonly #terms: WitnessTerms;
  readonly #own: number;
  #asked = 0;

  constructor(
    { bound, series, terms }: WitnessedStrategy,
    readonly decisions: Decision[],
    readonly script: ReadonlyMap<number, Decision> | undefined,
  ) {
    super();
    this.#inner = heard(bound.create(), this.#answers);
    this.#terms = terms;
    this.#own = bound.series.length;
    this.series = series;
    if (bound.schedule !== undefined) this.schedule = bound.schedule;
  }

  decide(context: DecisionContext): void {
    const { indexOffset = 0, timeOffsetMs = 0, sameValues = false, skipped = 0 } = this.#terms;
    if (this.#asked++ < skipped) return;
    const known = this.script?.get(context.openTimeMs - timeOffsetMs);
    if (this.script !== undefined && known === undefined) return;
    if (known !== undefined) this.#follow(context, known.facts, timeOffsetMs);
    const { values, index, series } = context, facts = known?.facts ?? factsOf(context);
    context.values = (sameValues ? known!.values : values).subarray(0, this.#own);
    context.series = this.#inner.series;
    context.index = index + indexOffset;
    this.#answers.length = 0;
    this.#inner.decide(context);
    context.values = values;
    context.series = series;
    context.index = index;
    this.decisions.push({
      openTimeMs: context.openTimeMs - timeOffsetMs,
      closeTimeMs: context.closeTimeMs - timeOffsetMs,
      requests: context.requests.length === 0 ? NONE : [...context.requests],
      values: known !== undefined && sameBits(values, known.values) ? known.values : values.slice(),
      hooks: this.#answers.length === 0 ? NONE : [...this.#answers],
      facts,
    });
    if (this.script !== undefined) context.requests.length = 0;
  }

  #follow(context: DecisionContext, facts: Facts, timeOffsetMs: number): void {
    Object.assign(context, facts);
    if (facts.position !== 0) context.entryTimeMs = facts.entryTimeMs + timeOffsetMs;
  }
}

/** Where nothing differs nothing is copied. */
function sameBits(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !(a[i] !== a[i] && b[i] !== b[i])) return false;
  return true;
}

function factsOf(context: DecisionContext): Facts {
  const { equity, position, positionsClosed, entryPrice, bestPrice, barsHeld, entryTimeMs } = context;
  const { stop, target, entryPending } = context;
  return {
    equity,
    position,
    positionsClosed,
    entryPrice,
    bestPrice,
    barsHeld,
    entryTimeMs,
    stop,
    target,
    entryPending,
  };
}

type Hook = (...given: never[]) => unknown;

/** Rules whose hooks tell what they answer; any other strategy as it is. */
function heard(strategy: BaseStrategy, answers: { name: string; answer: unknown }[]): BaseStrategy {
  if (!(strategy instanceof RuleStrategy) || hooksOf(strategy.rules).length === 0) return strategy;
  const listening = (name: string, rule: unknown): unknown => {
    if (Array.isArray(rule)) return rule.map((own) => listening(name, own));
    if (typeof rule !== "function") return rule;
    return (...given: never[]) => {
      const answer: unknown = (rule as Hook)(...given);
      answers.push({ name, answer });
      return answer;
    };
  };
  const rules = Object.entries(strategy.rules).map(([name, rule]) =>
    HOOKED.includes(name) ? [name, listening(name, rule)] : [name, rule]
  );
  return new RuleStrategy(Object.fromEntries(rules) as StrategyRules);
}

const HOOKED: readonly string[] = ["exit", "exitShort", "stop", "target", "size"] satisfies (keyof StrategyRules)[];

/** The functions among rules, by the rule that they stand in. */
export function hooksOf(rules: StrategyRules): { readonly name: string; readonly hook: Hook }[] {
  return HOOKED.flatMap((name) => {
    const list = [rules[name as keyof StrategyRules]].flat() as unknown[];
    return list.filter((rule) => typeof rule === "function").map((hook) => ({ name, hook: hook as Hook }));
  });
}
