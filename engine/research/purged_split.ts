// Training and test samples whose labels share no moment: López de Prado, "Advances in Financial Machine Learning" (2018),
// chapter 7.
import { InputError } from "../errors/mod.ts";
import type { LabelIntervals } from "./label_intervals.ts";

/** Numbers of the samples of both sides, ascending. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Samples in neither, as their labels touch a test or the embargo after it. */
  readonly purged: number;
}

/** A run of samples, the last one not included. */
export interface SampleRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Samples of some ranges as the test, and as training what is left of the others: no label of the training touches the
 * time from the first to the last moment of a range's labels, nor the embargo after it. Ranges that follow one another
 * are one.
 *
 * @param candidates Samples that may be trained on; all without.
 */
export function purgedSplit(
  { fromMs, toMs }: LabelIntervals,
  ranges: readonly SampleRange[],
  embargoMs: number,
  candidates: SampleRange = { from: 0, to: fromMs.length },
): Split {
  if (!(embargoMs >= 0 && embargoMs < Infinity)) {
    throw new InputError("cross-validation", `an embargo of ${embargoMs} ms is none: give a time from 0 up`);
  }
  const joined = joinedRanges(ranges), test: number[] = [], train: number[] = [];
  const closed = joined.map(({ from, to }) => {
    let endMs = -Infinity;
    for (let i = from; i < to; i++) {
      test.push(i);
      if (toMs[i]! > endMs) endMs = toMs[i]!;
    }
    return { startMs: fromMs[from]!, endMs: endMs + embargoMs };
  });
  let at = 0, outside = 0;
  for (let i = candidates.from; i < candidates.to; i++) {
    while (at < joined.length && i >= joined[at]!.to) at++;
    if (at < joined.length && i >= joined[at]!.from) continue;
    outside++;
    if (closed.every(({ startMs, endMs }) => fromMs[i]! > endMs || toMs[i]! < startMs)) train.push(i);
  }
  return { train: Int32Array.from(train), test: Int32Array.from(test), purged: outside - train.length };
}

function joinedRanges(ranges: readonly SampleRange[]): SampleRange[] {
  const joined: SampleRange[] = [];
  for (const own of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && last.to === own.from) joined[joined.length - 1] = { from: last.from, to: own.to };
    else joined.push(own);
  }
  return joined;
}

/** Samples in so many groups that follow one another, as equally long as can be; the first ones have one more. */
export function sampleGroups(samples: number, groups: number): SampleRange[] {
  if (!(Number.isInteger(groups) && groups >= 2)) {
    throw new InputError(
      "cross-validation",
      `samples cannot be cut into ${groups} groups: use a whole number from 2 up`,
    );
  }
  if (groups > samples) {
    throw new InputError("cross-validation", `${samples} samples are too few for ${groups} groups: use fewer of them`);
  }
  const size = Math.floor(samples / groups), longer = samples % groups;
  return Array.from({ length: groups }, (_, i) => {
    const from = i * size + Math.min(i, longer);
    return { from, to: from + size + (i < longer ? 1 : 0) };
  });
}
