// Kernels that bring values of their own: with the same input again and again, what they give should come to rest.
import type { Series } from "../../series/mod.ts";
import { knownKernels } from "../known_kernels.ts";
import type { LeakFinding } from "./leak_report.ts";
import { comesToRest, isRegular } from "./regular_values.ts";
import { placeOfLabel } from "./source_place.ts";

const INPUT = 100, LEAST_KNOWN = 40;

/** Nodes with kernels of the user's whose stream, fed the same number, goes up and down as if it read a list. */
export function kernelLookups(parts: readonly Series[], candles: number): LeakFinding[] {
  const known = knownKernels(), seen = new Set<Series>();
  return parts.flatMap((node): LeakFinding[] => {
    const { operation, label } = node;
    if (operation.kind !== "kernel" || known.get(operation.kernel.name) === operation.kernel || seen.has(node)) {
      return [];
    }
    seen.add(node);
    const values = answers(operation.kernel.state(operation.params), operation.output, candles);
    if (values === null || isRegular(values) || comesToRest(values)) return [];
    return [{
      kind: "expression",
      name: label,
      place: placeOfLabel(label),
      message:
        `the kernel of ${label} gives ever other values for the same input: it reads a list that was made before the ` +
        "run; let it compute from its inputs alone",
      fromRow: null,
      fromTimeMs: null,
      lookAheadCandles: null,
      wholeHistory: false,
      evidence: [{
        row: candles - 1,
        decidedAtMs: 0,
        before: values.at(-1)!,
        after: values.at(-2)!,
        alteration: `none: its input was ${INPUT} on every candle`,
        alteredFromRow: 0,
      }],
    }];
  });
}

/**
 * The later half of what a kernel gives for one number again and again, as far as it knows something; null where it can make
 * nothing of it. A list is as long as the history that it was made of.
 */
function answers(state: ReturnType<KernelOf["state"]>, output: number, candles: number): Float64Array | null {
  const values = new Float64Array(candles);
  let known = 0;
  try {
    for (let row = 0; row < candles; row++) {
      state.input.fill(INPUT);
      state.push();
      values[row] = state.out[output]!;
      if (values[row]! - values[row]! === 0) known = row + 1;
    }
  } catch {
    return null; // Looked at over columns alone.
  }
  return known < LEAST_KNOWN ? null : values.subarray(known >> 1, known);
}

type KernelOf = Extract<Series["operation"], { kind: "kernel" }>["kernel"];
