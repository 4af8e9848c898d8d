// Initial and maintenance margin of a position, by tiers of its size. All amounts are in the settlement asset, as float64:
// venues publish these figures as decimals of a few digits, and they decide when, not how much, is paid.
import { InputError } from "../errors/mod.ts";

/** One step of a venue's table: it holds for positions of this size and more. */
export interface MarginTier {
  /** Size of a position at which the tier begins. */
  readonly fromNotional: number;
  /** Share of the size that the margin must not fall below. */
  readonly maintenanceRate: number;
  /**
   * Taken off rate × size, so that the requirement does not jump where a tier begins. Venues call it maintenance amount
   * or deduction; without it, it follows from the tiers below.
   */
  readonly maintenanceAmount?: number;
  /** Most leverage of a position of this size. */
  readonly maxLeverage?: number;
}

/** The tiers of a market, checked and complete. */
export type MarginTiers = readonly Required<MarginTier>[];

/**
 * Checks a table and completes it.
 *
 * @throws {InputError} `margin-tiers` when it does not begin at 0, does not rise, or asks for more than the initial margin.
 */
export function marginTiers(tiers: readonly MarginTier[]): MarginTiers {
  const complete: Required<MarginTier>[] = [];
  for (
    const [i, { fromNotional, maintenanceRate, maintenanceAmount, maxLeverage = 1 / maintenanceRate }] of tiers
      .entries()
  ) {
    const before = complete[i - 1];
    const wrong = (problem: string) => new InputError("margin-tiers", `margin tier ${i + 1} ${problem}`);
    if (before === undefined ? fromNotional !== 0 : !(fromNotional > before.fromNotional)) {
      throw wrong(`begins at ${fromNotional}: the first begins at 0, each other above the one before`);
    }
    if (!(maintenanceRate > 0 && maintenanceRate < 1) || (before && maintenanceRate < before.maintenanceRate)) {
      throw wrong(`has a maintenanceRate of ${maintenanceRate}: rates lie between 0 and 1 and do not fall`);
    }
    if (!(maxLeverage >= 1 && maxLeverage * maintenanceRate <= 1)) {
      throw wrong(`has a maxLeverage of ${maxLeverage}: it is at least 1, and 1 ÷ it is not below the maintenanceRate`);
    }
    const follows = before === undefined
      ? 0
      : before.maintenanceAmount + fromNotional * (maintenanceRate - before.maintenanceRate);
    complete.push({ fromNotional, maintenanceRate, maintenanceAmount: maintenanceAmount ?? follows, maxLeverage });
  }
  return complete;
}

/** The tier of a position of this size. */
export function tierOf(tiers: MarginTiers, notional: number): Required<MarginTier> {
  let tier = tiers[0]!;
  for (const next of tiers) if (next.fromNotional <= notional) tier = next;
  return tier;
}

/**
 * Margin below which a position of this size is liquidated: rate × size − amount of its tier, which is the largest that
 * any tier gives, because rates rise from tier to tier.
 */
export function maintenanceMargin(tiers: MarginTiers, notional: number): number {
  let margin = 0;
  for (const { maintenanceRate, maintenanceAmount } of tiers) {
    margin = Math.max(margin, maintenanceRate * notional - maintenanceAmount);
  }
  return margin;
}

/** Margin that opening a position of this size takes: size ÷ leverage, or ÷ the most leverage of its tier. */
export function initialMargin(tiers: MarginTiers | null, notional: number, leverage: number): number {
  return notional / (tiers === null ? leverage : Math.min(leverage, tierOf(tiers, notional).maxLeverage));
}

/** Size of the largest position that may have this leverage; Infinity where no tier says otherwise. */
export function largestNotional(tiers: MarginTiers, leverage: number): number {
  return tiers.find((tier) => tier.maxLeverage < leverage)?.fromNotional ?? Infinity;
}
