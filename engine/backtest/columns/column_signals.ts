import { type BitSteps, isSet, type Series } from "../../series/mod.ts";
import type { PlainRule, PlainRules } from "./plain_rules.ts";

/** In which rows a trial wants something, as bits. */
export interface TrialSignals {
  /** An entry, long or short; where both, none. */
  readonly wants: Int32Array;
  readonly wantsLong: Int32Array;
  readonly wantsShort: Int32Array;
  readonly leavesLong: Int32Array;
  readonly leavesShort: Int32Array;
}

/** The series whose ones are a trial's signals. */
export function signalSeries({ enter, exit, enterShort, exitShort }: PlainRules): Series[] {
  return [enter, exit, enterShort, exitShort].flat().map((rule) => rule.when);
}

/**
 * When rules ask for what, as a rule strategy decides it: exit before entry, and no entry where both sides ask for one.
 *
 * @param truthOf Gives the rows in which a series is 1, as bits.
 * @param steps Get what fills them once those of the rules are filled.
 * @param newBits Gives words for bits that are still to be written.
 * @param never Bits of which none is set.
 */
export function trialSignals(
  { enter, exit, enterShort, exitShort }: PlainRules,
  truthOf: (node: Series) => Int32Array,
  steps: BitSteps,
  newBits: () => Int32Array,
  never: Int32Array,
): TrialSignals {
  const made = new SignalBits(steps, newBits),
    any = (rules: readonly PlainRule[]) => made.any(rules.map(({ when }) => truthOf(when)));
  const enters = any(enter), exits = any(exit), entersShort = any(enterShort), exitsShort = any(exitShort);
  if (entersShort === null) {
    const wants = enters === null ? never : made.without(enters, exits);
    return {
      wants,
      wantsLong: wants,
      wantsShort: never,
      leavesLong: exits ?? never,
      leavesShort: exitsShort === null ? wants : made.either(exitsShort, wants),
    };
  }
  const long = enters === null ? never : made.without(enters, exits);
  const short = made.without(entersShort, exitsShort);
  const wantsLong = made.without(long, short), wantsShort = made.without(short, long);
  return {
    wants: made.either(wantsLong, wantsShort),
    wantsLong,
    wantsShort,
    leavesLong: exits === null ? wantsShort : made.either(exits, wantsShort),
    leavesShort: exitsShort === null ? wantsLong : made.either(exitsShort, wantsLong),
  };
}

/** The reason of the first rule that fires in a row; null where none does. */
export function firingReason(
  rules: readonly PlainRule[],
  truthOf: (node: Series) => Int32Array,
  row: number,
): string | null {
  return rules.find(({ when }) => isSet(truthOf(when), row))?.reason ?? null;
}

/** Bits that are made of others. */
class SignalBits {
  constructor(readonly steps: BitSteps, readonly newBits: () => Int32Array) {}

  any(all: readonly Int32Array[]): Int32Array | null {
    return all.length === 0 ? null : all.reduce((a, b) => this.either(a, b));
  }

  either(a: Int32Array, b: Int32Array): Int32Array {
    const bits = this.newBits();
    this.steps.either(bits, a, b);
    return bits;
  }

  without(a: Int32Array, b: Int32Array | null): Int32Array {
    if (b === null) return a;
    const bits = this.newBits();
    this.steps.without(bits, a, b);
    return bits;
  }
}
