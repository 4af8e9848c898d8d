import { isSet, type Series } from "../../series/mod.ts";
import type { TrialSignals } from "./column_trial.ts";
import type { PlainRule, PlainRules } from "./plain_rules.ts";

/** The series whose ones are a trial's signals. */
export function signalSeries({ enter, exit, enterShort, exitShort }: PlainRules): Series[] {
  return [enter, exit, enterShort, exitShort].flat().map((rule) => rule.when);
}

/**
 * When rules ask for what, as a rule strategy decides it: exit before entry, and no entry where both sides ask for one.
 *
 * @param truthOf Gives the rows in which a series is 1, as bits.
 */
export function trialSignals(
  { enter, exit, enterShort, exitShort }: PlainRules,
  truthOf: (node: Series) => Int32Array,
  words: number,
): TrialSignals {
  const enters = anyOf(enter, truthOf), exits = anyOf(exit, truthOf);
  const entersShort = anyOf(enterShort, truthOf), exitsShort = anyOf(exitShort, truthOf);
  if (entersShort === null) {
    const never = new Int32Array(words), wants = without(enters, exits, words);
    return {
      wants,
      wantsLong: wants,
      wantsShort: never,
      leavesLong: exits ?? never,
      leavesShort: exitsShort === null ? wants : either(exitsShort, wants, words),
    };
  }
  const long = without(enters, exits, words), short = without(entersShort, exitsShort, words);
  const wantsLong = without(long, short, words), wantsShort = without(short, long, words);
  return {
    wants: either(wantsLong, wantsShort, words),
    wantsLong,
    wantsShort,
    leavesLong: either(exits, wantsShort, words),
    leavesShort: either(exitsShort, wantsLong, words),
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

function anyOf(rules: readonly PlainRule[], truthOf: (node: Series) => Int32Array): Int32Array | null {
  return rules.reduce<Int32Array | null>((all, { when }) => {
    const own = truthOf(when);
    return all === null ? own : either(all, own, own.length);
  }, null);
}

function either(a: Int32Array | null, b: Int32Array | null, words: number): Int32Array {
  const bits = new Int32Array(words);
  for (let word = 0; word < words; word++) bits[word] = (a?.[word] ?? 0) | (b?.[word] ?? 0);
  return bits;
}

function without(a: Int32Array | null, b: Int32Array | null, words: number): Int32Array {
  if (a !== null && b === null) return a;
  const bits = new Int32Array(words);
  if (a !== null) { for (let word = 0; word < words; word++) bits[word] = a[word]! & ~b![word]!; }
  return bits;
}
