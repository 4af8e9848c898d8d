/** A value of a report: null where it is not defined. NaN and infinities never leave this module. */
export type Figure = number | null;

/** The value if it is a finite number, else null. */
export function figure(value: number): Figure {
  return Number.isFinite(value) ? value : null;
}

/** a ÷ b; null when b is 0 or either is not known. */
export function ratio(a: Figure, b: Figure): Figure {
  return a === null || b === null || b === 0 ? null : figure(a / b);
}

/** a × b; null when either is not known. */
export function product(a: Figure, b: Figure): Figure {
  return a === null || b === null ? null : figure(a * b);
}
