// Figures in tables for people; a dash where one is not defined.

/** A share as a percentage. */
export function percent(value: number | null | undefined, digits = 2): string {
  return value == null ? "–" : `${(value * 100).toFixed(digits)} %`;
}

/** A number with two digits after the point. */
export function plain(value: number | null | undefined): string {
  return value == null ? "–" : value.toFixed(2);
}
