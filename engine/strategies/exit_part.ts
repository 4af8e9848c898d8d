import { InputError } from "../errors/mod.ts";
import type { Protection } from "./protection.ts";

/** How much of a position an exit takes: a share of what is held at the decision, or base units. */
export type PartSize =
  | { readonly kind: "fraction"; readonly fraction: number }
  | { readonly kind: "units"; readonly units: number };

/**
 * One of several targets of an entry: a share of all that was entered, closed at a place of its own.
 */
export interface TargetPart {
  readonly at: Protection;
  /** Share of the quantity entered, above 0; all parts of an entry together at most 1. */
  readonly fraction: number;
  /** Goes to the trade table; `target` without it. */
  readonly reason?: string;
}

/** @throws {InputError} `targets` when the shares are not above 0 and at most 1 together. */
export function checkTargets(parts: readonly { readonly fraction: number }[]): void {
  let sum = 0;
  for (const { fraction } of parts) {
    if (!(fraction > 0)) {
      throw new InputError("targets", `a target cannot take a share of ${fraction}: use one above 0, 0.5 for a half`);
    }
    sum += fraction;
  }
  if (sum > 1 + 1e-9) throw new InputError("targets", `targets take ${sum} of a position: use at most 1 in all`);
}

/** @throws {InputError} `reduce` unless exactly one of a share (above 0, at most 1) and units (above 0) is given. */
export function partSize(fraction: number | undefined, units: number | undefined): PartSize {
  if (units === undefined && fraction !== undefined && fraction > 0 && fraction <= 1) {
    return { kind: "fraction", fraction };
  }
  if (fraction === undefined && units !== undefined && units > 0 && units < Infinity) return { kind: "units", units };
  throw new InputError(
    "reduce",
    `a position cannot be reduced by fraction ${fraction} and units ${units}: use a fraction up to 1, or units above 0`,
  );
}
