import { InputError } from "../errors/mod.ts";

/** A return that is enough after so many minutes. */
export type RoiStep = readonly [minutesHeld: number, returnFraction: number];

/** A target that depends on how long the position has been held. */
export interface RoiTable {
  readonly kind: "roi";
  /** By age; before the first one there is no target. */
  readonly steps: readonly RoiStep[];
}

/** The value of a step that leaves at any price. */
export const AT_ANY_PRICE = -1;

/**
 * A target by age: `roi({ 0: 0.1, 30: 0.05, 60: 0.01 })` takes a return of 10 % of the average entry price at once, of
 * 5 % from half an hour on and of 1 % after an hour. A return below 0 accepts a loss, −1 leaves at any price. The target
 * moves when a candle closes by which a step is reached.
 *
 * @throws {InputError} `roi` for minutes that are not whole numbers from 0 up, or a return below −1.
 */
export function roi(returnByMinutes: Readonly<Record<number, number>>): RoiTable {
  const steps = Object.entries(returnByMinutes).map(([minutes, value]): RoiStep => [Number(minutes), value]);
  for (const [minutes, value] of steps) {
    if (!(Number.isInteger(minutes) && minutes >= 0)) {
      throw new InputError("roi", `a return cannot be enough after ${minutes} minutes: use whole minutes from 0 up`);
    }
    if (!(value >= AT_ANY_PRICE && value < Infinity)) {
      throw new InputError("roi", `a return of ${value} after ${minutes} minutes makes no sense: use −1 or more`);
    }
  }
  return { kind: "roi", steps: steps.sort(([a], [b]) => a - b) };
}

/** The step in force at an age, or null before the first. */
export function roiStep({ steps }: RoiTable, minutesHeld: number): RoiStep | null {
  for (let i = steps.length - 1; i >= 0; i--) if (steps[i]![0] <= minutesHeld) return steps[i]!;
  return null;
}

/** True when both have the same steps. */
export function sameTable(a: RoiTable, b: RoiTable): boolean {
  return a.steps.length === b.steps.length &&
    a.steps.every(([minutes, value], i) => minutes === b.steps[i]![0] && value === b.steps[i]![1]);
}
