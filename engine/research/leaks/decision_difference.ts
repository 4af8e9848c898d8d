// In what two runs of a strategy differ, decision by decision.
import type { Books, WitnessedRun } from "./strategy_runs.ts";
import { differs, firstDifference } from "./value_difference.ts";
import type { Decision } from "./witnessed_strategy.ts";

/** What of a strategy decided otherwise. */
export type DecidedBy =
  | { readonly kind: "decision" }
  | { readonly kind: "hook"; readonly name: string }
  /** Number of the series among those of the strategy and their parts. */
  | { readonly kind: "expression"; readonly index: number };

/** A decision that is another one in another run. */
export interface DecisionDifference {
  readonly by: DecidedBy;
  readonly openTimeMs: number;
  readonly closeTimeMs: number;
  readonly before: unknown;
  readonly after: unknown;
}

/** Name of what decided, equal for equal ones. */
export function nameOf(by: DecidedBy): string {
  return by.kind === "hook" ? `hook ${by.name}` : by.kind === "expression" ? `expression ${by.index}` : by.kind;
}

/**
 * Every difference of decisions that both runs have made. A hook that answers otherwise is named in place of the decision
 * that it changes.
 *
 * @param tolerance How far numbers may be apart, as a share of them.
 */
export function decisionDifferences(base: Books, other: Books, tolerance = 1e-9): DecisionDifference[] {
  return base.flatMap((book, i) => {
    const byTime = new Map(other[i]?.map((decision) => [decision.openTimeMs, decision]));
    return book.flatMap((before) => {
      const after = byTime.get(before.openTimeMs);
      return after === undefined ? [] : differencesAt(before, after, tolerance);
    });
  });
}

function differencesAt(before: Decision, after: Decision, tolerance: number): DecisionDifference[] {
  const { openTimeMs, closeTimeMs } = before, found: DecisionDifference[] = [];
  const add = (by: DecidedBy, a: unknown, b: unknown) =>
    found.push({ by, openTimeMs, closeTimeMs, before: a, after: b });
  const { values, hooks } = before;
  for (let index = 0; index < values.length && values !== after.values; index++) {
    const [a, b] = [values[index]!, after.values[index]!];
    if (differs(a, b, tolerance * Math.abs(a))) add({ kind: "expression", index }, plain(a), plain(b));
  }
  const hook = hooks.findIndex(({ name, answer }, i) =>
    after.hooks[i]?.name === name && !isSame(answer, after.hooks[i]!.answer, tolerance)
  );
  if (hook >= 0) {
    add({ kind: "hook", name: hooks[hook]!.name }, hooks[hook]!.answer ?? null, after.hooks[hook]!.answer ?? null);
  } else if (!isSame(before.requests, after.requests, tolerance)) {
    add({ kind: "decision" }, before.requests, after.requests);
  }
  return found;
}

function isSame(a: unknown, b: unknown, tolerance: number): boolean {
  const found = firstDifference(a, b);
  if (found === null) return true;
  const { before, after } = found;
  return typeof before === "number" && typeof after === "number" && tolerance > 1e-9 &&
    !differs(before, after, tolerance * Math.abs(before));
}

/** Numbers of the series of a strategy that are others when it is made again. */
export function changedSeries({ bound: base }: WitnessedRun, { bound: other }: WitnessedRun): number[] {
  return base.series.flatMap((node, i) => node === other.series[i] ? [] : [i]);
}

function plain(value: number): number | null {
  return value - value === 0 ? value : null;
}
