import { InputError } from "../errors/mod.ts";
import { Series } from "../series/mod.ts";

/** A rule with a reason of its own, which goes to the trade table. */
export interface TaggedRule {
  readonly when: Series;
  readonly reason: string;
}

/**
 * A rule with a reason: `enter: [when(breakout, "breakout"), when(dip, "dip")]`.
 *
 * @throws {InputError} `reason` when it is empty.
 */
export function when(series: Series, reason: string): TaggedRule {
  if (reason.trim() !== "") return { when: series, reason };
  throw new InputError("reason", "a rule's reason is empty: give it a word that the trade table can show");
}

/** One or several rules of which any may fire, as a strategy states them. */
export type RuleList<R = never> = Series | TaggedRule | R | readonly (Series | TaggedRule | R)[];

/** Rules in the order in which they are asked: the first that fires gives the reason. */
export class FiringRules {
  readonly series: readonly Series[];
  readonly reasons: readonly string[];
  /** Place of each series among the strategy's values. */
  #places: readonly number[] = [];

  /** @param reason Of rules without a tag. */
  constructor(rules: readonly (Series | TaggedRule)[], reason: string) {
    this.series = rules.map((rule) => rule instanceof Series ? rule : rule.when);
    this.reasons = rules.map((rule) => rule instanceof Series ? reason : rule.reason);
  }

  /** Says where the values of the series will be: the first one's place, and that of the others, which lie together. */
  placedAt(first: number, others: number): void {
    this.#places = this.series.map((_, i) => i === 0 ? first : others + i - 1);
  }

  /** The reason of the first rule whose value is exactly 1, or null. */
  firing(values: Float64Array): string | null {
    for (let i = 0; i < this.#places.length; i++) if (values[this.#places[i]!] === 1) return this.reasons[i]!;
    return null;
  }
}
