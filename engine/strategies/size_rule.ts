import type { PlainSizing } from "../orders/mod.ts";
import type { Series } from "../series/mod.ts";
import type { PositionView } from "./position_view.ts";

/** A size per entry: the series' value on the candle of the signal, in the unit of the sizing of that kind. */
export interface SizeRule {
  readonly kind: "units" | "fixed-notional" | "equity-fraction";
  readonly value: Series;
}

/** A size in code: a sizing, undefined for the run's own, or null for no entry this time. */
export type SizeHook = (entry: PositionView) => PlainSizing | null | undefined;

/** So many base units an entry. */
export function sizeInUnits(value: Series): SizeRule {
  return { kind: "units", value };
}

/** So many quote units an entry. */
export function sizeInQuote(value: Series): SizeRule {
  return { kind: "fixed-notional", value };
}

/** This share of the equity an entry: 1 is all of it. */
export function sizeAsFraction(value: Series): SizeRule {
  return { kind: "equity-fraction", value };
}

/** The sizing that a value stands for; null where it is not above 0: a size that is not known makes no entry. */
export function sizingOf({ kind }: SizeRule, value: number): PlainSizing | null {
  if (!(value > 0 && value < Infinity)) return null;
  switch (kind) {
    case "units":
      return { kind, units: value };
    case "fixed-notional":
      return { kind, notionalQuote: value };
    case "equity-fraction":
      return { kind, fraction: value };
  }
}
