import type { Random } from "./random.ts";

/** Puts values in another order, each as likely as any other (Fisher and Yates; Durstenfeld, 1964). */
export function shuffle<T>(values: { readonly length: number; [index: number]: T }, random: Random): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1)), kept = values[last]!;
    values[last] = values[other]!;
    values[other] = kept;
  }
}
