import { isSet, type Series } from "../../series/mod.ts";
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
 * @param newBits Gives words for bits that are still to be written.
 * @param never Bits of which none is set.
 */
export function trialSignals(
  { enter, exit, enterShort, exitShort }: PlainRules,
  truthOf: (node: Series) => Int32Array,
  newBits: () => Int32Array,
  never: Int32Array,
): TrialSignals {
  const any = (rules: readonly PlainRule[]) => anyOf(rules, truthOf, newBits);
  const enters = any(enter), exits = any(exit), entersShort = any(enterShort), exitsShort = any(exitShort);
  if (entersShort === null) {
    const wants = enters === null ? never : without(enters, exits, newBits);
    return {
      wants,
      wantsLong: wants,
      wantsShort: never,
      leavesLong: exits ?? never,
      leavesShort: exitsShort === null ? wants : either(exitsShort, wants, newBits),
    };
  }
  const long = enters === null ? never : without(enters, exits, newBits);
  const short = without(entersShort, exitsShort, newBits);
  const wantsLong = without(long, short, newBits), wantsShort = without(short, long, newBits);
  return {
    wants: either(wantsLong, wantsShort, newBits),
    wantsLong,
    wantsShort,
    leavesLong: exits === null ? wantsShort : either(exits, wantsShort, newBits),
    leavesShort: exitsShort === null ? wantsLong : either(exitsShort, wantsLong, newBits),
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

function anyOf(
  rules: readonly PlainRule[],
  truthOf: (node: Series) => Int32Array,
  newBits: () => Int32Array,
): Int32Array | null {
  return rules.reduce<Int32Array | null>((all, { when }) => {
    const own = truthOf(when);
    return all === null ? own : either(all, own, newBits);
  }, null);
}

function either(a: Int32Array, b: Int32Array, newBits: () => Int32Array): Int32Array {
  const bits = newBits();
  for (let word = 0; word < bits.length; word++) bits[word] = a[word]! | b[word]!;
  return bits;
}

function without(a: Int32Array, b: Int32Array | null, newBits: () => Int32Array): Int32Array {
  if (b === null) return a;
  const bits = newBits();
  for (let word = 0; word < bits.length; word++) bits[word] = a[word]! & ~b[word]!;
  return bits;
}
