// The price at which a position is liquidated, in closed form, and the one at which its margin is gone.
import type { Instrument } from "./instrument.ts";
import { maintenanceMargin, type MarginTiers } from "./margin.ts";
import { sizeNumber } from "./value.ts";

/** A position and what stands behind it. Amounts in the settlement asset, prices in quote units. */
export interface MarginedPosition {
  readonly instrument: Instrument;
  /** Signed: above zero for long. */
  readonly quantity: number;
  /** Average entry price. */
  readonly entryPrice: number;
  /**
   * What it may lose. Isolated: the margin that was posted for it. Cross: the wallet balance, with the profit of all other
   * positions and less their maintenance margin.
   */
  readonly collateral: number;
}

/**
 * Size from which the maintenance margin is taken: that at the mark (Binance, OKX, Deribit), or that at the entry, so that
 * the requirement stays as it was (Bybit, BitMEX, Kraken).
 */
export type MaintenanceBasis = "mark" | "entry";

/**
 * The mark price at which collateral + unrealised profit = maintenance margin, by the tier of the size there. 0 for a long
 * that no price liquidates, Infinity for such a short.
 *
 * Linear, with quantity q (signed) of contract size s, entry e, rate r and amount a: long (q s e − c − a) ÷ (q s (1 − r)),
 * short the same with 1 + r. Inverse: in 1 ÷ price, which turns both sides. Sources: Binance, How to Calculate Liquidation
 * Price of USDⓈ-M (and COIN-M) Futures Contracts; on the entry's size: Bybit, Liquidation Price (USDT Contract).
 */
export function liquidationPrice(position: MarginedPosition, tiers: MarginTiers, basis: MaintenanceBasis): number {
  const { instrument, quantity, entryPrice } = position;
  if (basis === "entry") {
    return priceWhereLeft(position, maintenanceMargin(tiers, sizeNumber(instrument, entryPrice, quantity)), 0);
  }
  // The requirement is the largest of what the tiers ask for, so the first of their prices is the one.
  const prices = tiers.map((tier) => priceWhereLeft(position, -tier.maintenanceAmount, tier.maintenanceRate));
  return quantity > 0 ? Math.max(...prices) : Math.min(...prices);
}

/** The price at which nothing is left: collateral + unrealised profit = 0. Source: Bybit, Bankruptcy Price. */
export function bankruptcyPrice(position: MarginedPosition): number {
  return priceWhereLeft(position, 0, 0);
}

/** The price p at which collateral + profit = kept + rate × size(p). */
function priceWhereLeft(
  { instrument, quantity, entryPrice, collateral }: MarginedPosition,
  kept: number,
  rate: number,
): number {
  const units = quantity * instrument.contractSizeNumber, side = quantity > 0 ? 1 : -1;
  const lost = collateral - kept; // what the position may lose before
  // Linear profit is units × (p − e), size |units| × p; inverse units × (1/e − 1/p) and |units| ÷ p.
  if (instrument.kind !== "inverse") {
    return bounded((units * entryPrice - lost) / (units - rate * Math.abs(units)), side);
  }
  const perPrice = (units / entryPrice + lost) / (units + rate * Math.abs(units));
  return perPrice > 0 ? 1 / perPrice : side > 0 ? 0 : Infinity;
}

function bounded(price: number, side: number): number {
  return price > 0 ? price : side > 0 ? 0 : Infinity;
}
