import { InputError } from "../errors/mod.ts";

/**
 * When the label of each sample is made: from the moment at which its features are known to the one at which its outcome
 * is, both included. Samples come in the order of their first moments.
 */
export interface LabelIntervals {
  readonly fromMs: ArrayLike<number>;
  readonly toMs: ArrayLike<number>;
}

/** @throws {InputError} `labels` naming the first sample whose interval is none, or out of order. */
export function checkLabels({ fromMs, toMs }: LabelIntervals): void {
  if (fromMs.length !== toMs.length) {
    throw new InputError(
      "labels",
      `${fromMs.length} labels begin and ${toMs.length} end: give both columns one row each`,
    );
  }
  for (let i = 0; i < fromMs.length; i++) {
    if (!(Number.isFinite(fromMs[i]!) && Number.isFinite(toMs[i]!) && fromMs[i]! <= toMs[i]!)) {
      throw new InputError(
        "labels",
        `label ${i} is from ${fromMs[i]} to ${toMs[i]}: it must end where it begins, or later`,
      );
    }
    if (i > 0 && fromMs[i]! < fromMs[i - 1]!) {
      throw new InputError("labels", `label ${i} begins before label ${i - 1}: sort the samples by time`);
    }
  }
}
