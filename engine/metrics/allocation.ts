import { type EquityCurve, groupHoldings, type Holdings, type HoldingsGroup } from "../portfolio/mod.ts";
import { rowsToKeep } from "./thinning.ts";

/** Markets that are shown by name; the others are added up. */
const NAMED_MARKETS = 8;

/**
 * Where the equity is, over time. Shares are fractions of the equity and null where none is left; of a short market they
 * are below 0, and then the cash, which holds what the sale brought, is above 1. Markets and cash add up to 1.
 */
export interface AllocationTable {
  readonly timeMs: readonly number[];
  /** Largest first, at most eight, and the rest as `other markets`. */
  readonly markets: readonly AllocationColumn[];
  /** Equity less the markets' values. */
  readonly cashFraction: readonly (number | null)[];
  /** Exposure: the sum of the markets above 0, and of those below without their sign. */
  readonly longFraction: readonly (number | null)[];
  readonly shortFraction: readonly (number | null)[];
  /** Long and short together, and long less short. */
  readonly grossFraction: readonly (number | null)[];
  readonly netFraction: readonly (number | null)[];
}

/** One market's share of the equity. */
export interface AllocationColumn {
  readonly label: string;
  readonly fraction: readonly (number | null)[];
}

/** Shares of the equity at the kept closes of a run, thinned to at most `maxPoints`; null of a run without any. */
export function allocationTable(holdings: Holdings, curve: EquityCurve, maxPoints: number): AllocationTable | null {
  if (holdings.closeTimeMs.length === 0) return null;
  const equity = equityAtCloses(holdings, curve);
  const groups = groupHoldings(holdings, "instrument");
  const long = sumOf(groups, (exposure) => Math.max(exposure, 0));
  const short = sumOf(groups, (exposure) => Math.max(-exposure, 0));
  const rows = rowsToKeep([long, short], maxPoints);
  const share = (of: (row: number) => number) => rows.map((row) => equity[row]! > 0 ? of(row) / equity[row]! : null);
  return {
    timeMs: rows.map((row) => holdings.closeTimeMs[row]!),
    markets: largest(groups).map(({ label, exposureQuote }) => ({
      label,
      fraction: share((row) => exposureQuote[row]!),
    })),
    cashFraction: share((row) => equity[row]! - long[row]! + short[row]!),
    longFraction: share((row) => long[row]!),
    shortFraction: share((row) => short[row]!),
    grossFraction: share((row) => long[row]! + short[row]!),
    netFraction: share((row) => long[row]! - short[row]!),
  };
}

/** The account's equity at the closes of its holdings, which are closes of its curve. */
function equityAtCloses({ closeTimeMs }: Holdings, curve: EquityCurve): Float64Array {
  let row = 0;
  return closeTimeMs.map((time) => {
    while (curve.closeTimeMs[row]! < time) row++;
    return curve.equity[row]!;
  });
}

function sumOf(groups: readonly HoldingsGroup[], part: (exposure: number) => number): Float64Array {
  const sum = new Float64Array(groups[0]?.exposureQuote.length ?? 0);
  for (const { exposureQuote } of groups) for (let i = 0; i < sum.length; i++) sum[i]! += part(exposureQuote[i]!);
  return sum;
}

/** The groups with the largest positions on average first; equal ones keep their order. */
export function bySize(groups: readonly HoldingsGroup[]): HoldingsGroup[] {
  const size = ({ exposureQuote }: HoldingsGroup) => exposureQuote.reduce((sum, value) => sum + Math.abs(value), 0);
  const sizes = new Map(groups.map((group) => [group, size(group)]));
  return groups.toSorted((a, b) => sizes.get(b)! - sizes.get(a)!);
}

function largest(groups: readonly HoldingsGroup[]): Pick<HoldingsGroup, "label" | "exposureQuote">[] {
  const sorted = bySize(groups);
  if (sorted.length <= NAMED_MARKETS + 1) return sorted;
  const others = sorted.slice(NAMED_MARKETS);
  return [...sorted.slice(0, NAMED_MARKETS), {
    label: "other markets",
    exposureQuote: sumOf(others, (value) => value),
  }];
}
