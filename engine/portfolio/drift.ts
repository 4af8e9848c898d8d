/** How far a weight may be from its target before a portfolio is brought back. */
export interface DriftBand {
  /** `absolute`: a share of the equity. `relative`: a share of the target. */
  readonly kind: "absolute" | "relative";
  readonly width: number;
}

/** True where a weight is farther from its target than the band lets it be; one that is to be nothing, as soon as it is more. */
export function isBeyondBand(weight: number, target: number, { kind, width }: DriftBand): boolean {
  return Math.abs(weight - target) > (kind === "relative" ? width * target : width);
}
