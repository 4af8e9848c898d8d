import { log } from "./elementary.ts";
import type { HistogramTable } from "./report_document.ts";

/** Widths that people read easily, within one power of ten. */
const STEPS = [1, 2, 5];
/** Ranges below it are rounding, not returns. */
const SMALLEST_RANGE = 1e-12;

/**
 * Counts of values in equally wide bins, one edge of which is 0. The width is the smallest of 1, 2 or 5 × 10^k that gives
 * at most 2√n bins (10 to 80 of them), so the same values always give the same bins. Null of no values or only zeros.
 */
export function histogram(values: ArrayLike<number>): HistogramTable | null {
  let low = 0, high = 0;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  if (!(high - low > SMALLEST_RANGE)) return null;
  const edges = edgesAround(low, high, Math.min(80, Math.max(10, Math.ceil(2 * Math.sqrt(values.length)))));
  const counts = Array<number>(edges.length - 1).fill(0);
  for (let i = 0; i < values.length; i++) counts[binOf(edges, values[i]!)]!++;
  return { edges, counts };
}

function edgesAround(low: number, high: number, limit: number): number[] {
  for (let power = Math.floor(log((high - low) / limit) / Math.LN10);; power++) {
    for (const step of STEPS) {
      let from = Math.floor(low / timesTen(step, power)), to = Math.ceil(high / timesTen(step, power));
      // The quotients are rounded, the edges must not be inside the values.
      if (timesTen(from * step, power) > low) from--;
      if (timesTen(to * step, power) < high) to++;
      if (to - from > limit) continue;
      return Array.from({ length: to - from + 1 }, (_, i) => timesTen((from + i) * step, power));
    }
  }
}

/** count × 10^power as people write it: dividing by a power of ten gives 0.3 where 3 × 0.1 would not. */
function timesTen(count: number, power: number): number {
  let ten = 1;
  for (let i = Math.abs(power); i > 0; i--) ten *= 10;
  return power < 0 ? count / ten : count * ten;
}

/** The bin of a value between the edges. */
function binOf(edges: readonly number[], value: number): number {
  let low = 0, high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (edges[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
