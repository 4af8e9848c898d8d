// Which purchase each sale sold: lots by a method that the law of a country names, and what each of them gained.
import { assert } from "../errors/mod.ts";
import { type Instrument, type InstrumentId, settlementAsset, usesMargin, valueOf } from "../market/mod.ts";
import {
  absoluteQuantity,
  addNotional,
  type Fee,
  type Notional,
  type Quantity,
  subtractNotional,
  ZERO_NOTIONAL,
} from "../money/mod.ts";
import { type Fill, positionChange } from "../orders/mod.ts";
import { DAY_MS, type TimestampMs } from "../time/mod.ts";
import { applyToLots, type ClosedLot, feeInQuote, type Lot, type LotChoice, profitOf } from "./lots.ts";

/** First in first out, last in first out, highest cost (fee included) first. */
export const LOT_METHODS = ["fifo", "lifo", "hifo"] as const;

/** One of {@linkcode LOT_METHODS}. */
export type LotMethod = typeof LOT_METHODS[number];

/** A part of a lot that was disposed of: amounts in the settlement asset, exact. */
export interface Disposal {
  readonly instrument: InstrumentId;
  /** `short`: sold first and bought back. */
  readonly side: "long" | "short";
  /** Above zero. */
  readonly quantity: Quantity;
  readonly acquiredMs: TimestampMs;
  readonly disposedMs: TimestampMs;
  /** Numbers of the two executions. */
  readonly acquiredBy: string;
  readonly disposedBy: string;
  /** What the sale brought and the purchase took, before fees; of inverse contracts their signed values. */
  readonly proceeds: Notional;
  readonly cost: Notional;
  /** Of both sides; one in the base asset is valued at its fill, one in a third asset at its worth then. */
  readonly fees: Notional;
  /** Proceeds − cost − fees. */
  readonly gain: Notional;
  readonly heldMs: number;
  /** `long`: held for more than the days that were stated. Short positions are always `short`. */
  readonly term: "short" | "long";
  /** True when another lot had the same claim to be disposed of, at another cost or time: the order of the fills decided. */
  readonly isAmbiguous: boolean;
}

/** What was sold without having been bought in these fills: its cost is not known, and it is in no gain. */
export interface Unmatched {
  readonly instrument: InstrumentId;
  readonly quantity: Quantity;
  readonly timeMs: TimestampMs;
  readonly tradeId: string;
  readonly proceeds: Notional;
  readonly fees: Notional;
}

/** A lot that nothing has disposed of yet. */
export interface OpenLot {
  readonly instrument: InstrumentId;
  /** Below zero: sold short. */
  readonly quantity: Quantity;
  readonly acquiredMs: TimestampMs;
  readonly acquiredBy: string;
  /** Signed value at the entry, and its fee. */
  readonly cost: Notional;
  readonly fees: Notional;
}

/** All that fills come to, lot by lot. */
export interface TaxLots {
  readonly disposals: readonly Disposal[];
  readonly unmatched: readonly Unmatched[];
  readonly open: readonly OpenLot[];
  /** Numbers of executions whose fee in a third asset has no known worth: it counts as nothing. */
  readonly unvaluedFees: readonly string[];
  /** What was charged, by asset, in its own units. */
  readonly feesByAsset: ReadonlyMap<string, Fee>;
}

/** How lots are chosen and aged. */
export interface LotTerms {
  readonly method: LotMethod;
  /** Held for more than so many days, a disposal is long-term. */
  readonly longAfterDays: number;
}

const CHOICES: Readonly<Record<LotMethod, LotChoice>> = {
  fifo: () => 0,
  lifo: (lots) => lots.length - 1,
  hifo: (lots) => lots.reduce((best, lot, i) => isDearer(lot, lots[best]!) ? i : best, 0),
};

/**
 * The lots of fills, market by market: what one market holds is never sold in another.
 *
 * @param fills In the order in which they happened: of several in one candle their times do not tell it.
 * @param markets Of all the fills, by id.
 */
export function taxLots(
  fills: readonly Fill[],
  markets: ReadonlyMap<InstrumentId, Instrument>,
  terms: LotTerms,
): TaxLots {
  const books = new Map<InstrumentId, Lot[]>();
  const disposals: Disposal[] = [], unmatched: Unmatched[] = [], unvaluedFees: string[] = [];
  const feesByAsset = new Map<string, Fee>();
  for (const given of fills) {
    const market = markets.get(given.instrument), lots = books.get(given.instrument) ?? [];
    assert(market !== undefined, `nobody knows the market ${given.instrument}`);
    books.set(given.instrument, lots);
    if (isFeeUnvalued(given)) unvaluedFees.push(given.tradeId);
    const fill = valued(given);
    feesByAsset.set(fill.feeAsset, ((feesByAsset.get(fill.feeAsset) ?? 0n) + fill.fee) as Fee);
    const claims: boolean[] = [];
    const choose: LotChoice = (open) => {
      const place = CHOICES[terms.method](open);
      claims.push(isContested(open, place, terms.method));
      return place;
    };
    // A lot's reason is the number of its execution.
    const closed = applyToLots(lots, fill, fill.tradeId, market, choose);
    closed.forEach((lot, i) => disposals.push(disposalOf(lot, fill.instrument, terms, claims[i]!)));
    const last = lots.at(-1);
    if (last === undefined || last.quantity > 0n || usesMargin(market)) continue;
    // Spot cannot be sold short: what was sold here came from elsewhere.
    lots.pop();
    unmatched.push(unmatchedOf(last, fill));
  }
  const open = [...books].flatMap(([instrument, lots]) => lots.map((lot) => openLot(lot, instrument)));
  return { disposals, unmatched, open, unvaluedFees, feesByAsset };
}

/** True where a fee was paid in a third asset and nobody told what that was worth: venues do not. */
export function isFeeUnvalued({ feeFrom, fee, feeWorthQuote }: Fill): boolean {
  return feeFrom === "third" && fee !== 0n && (feeWorthQuote === undefined || feeWorthQuote === 0n);
}

/** A fee that nobody valued counts as nothing. */
function valued(fill: Fill): Fill {
  return fill.feeFrom === "third" ? { ...fill, feeWorthQuote: fill.feeWorthQuote ?? ZERO_NOTIONAL } : fill;
}

/** Sums of disposals, in their settlement asset. */
export interface LotTotals {
  readonly disposals: number;
  readonly proceeds: Notional;
  readonly cost: Notional;
  readonly fees: Notional;
  readonly gain: Notional;
  readonly shortTermGain: Notional;
  readonly longTermGain: Notional;
}

/** Sums of disposals by the asset that their markets settle in. */
export function lotTotals(
  disposals: readonly Disposal[],
  markets: ReadonlyMap<InstrumentId, Instrument>,
): Map<string, LotTotals> {
  const totals = new Map<string, LotTotals>();
  const sum = addNotional;
  for (const { instrument, proceeds, cost, fees, gain, term } of disposals) {
    const asset = settlementAsset(markets.get(instrument)!), before = totals.get(asset) ?? NOTHING;
    totals.set(asset, {
      disposals: before.disposals + 1,
      proceeds: sum(before.proceeds, proceeds),
      cost: sum(before.cost, cost),
      fees: sum(before.fees, fees),
      gain: sum(before.gain, gain),
      shortTermGain: term === "short" ? sum(before.shortTermGain, gain) : before.shortTermGain,
      longTermGain: term === "long" ? sum(before.longTermGain, gain) : before.longTermGain,
    });
  }
  return totals;
}

const NOTHING: LotTotals = {
  disposals: 0,
  proceeds: ZERO_NOTIONAL,
  cost: ZERO_NOTIONAL,
  fees: ZERO_NOTIONAL,
  gain: ZERO_NOTIONAL,
  shortTermGain: ZERO_NOTIONAL,
  longTermGain: ZERO_NOTIONAL,
};

/**
 * What lots and fills differ by in one asset: all gains, less what open lots cost, plus what unmatched sales brought, less
 * what the fills themselves brought and took. Zero to the last digit, whatever the method.
 */
export function lotDifference(
  { disposals, open, unmatched }: TaxLots,
  fills: readonly Fill[],
  markets: ReadonlyMap<InstrumentId, Instrument>,
  asset: string,
): Notional {
  const isOf = ({ instrument }: { readonly instrument: InstrumentId }) =>
    settlementAsset(markets.get(instrument)!) === asset;
  let difference = ZERO_NOTIONAL;
  for (const { gain } of disposals.filter(isOf)) difference = addNotional(difference, gain);
  for (const { cost, fees } of open.filter(isOf)) difference = (difference - cost - fees) as Notional;
  for (const { proceeds, fees } of unmatched.filter(isOf)) difference = (difference + proceeds - fees) as Notional;
  for (const fill of fills.filter(isOf)) {
    const value = valueOf(markets.get(fill.instrument)!, fill.price, positionChange(fill));
    difference = (difference + value + feeInQuote(valued(fill))) as Notional;
  }
  return difference;
}

function disposalOf(lot: ClosedLot, instrument: InstrumentId, terms: LotTerms, isAmbiguous: boolean): Disposal {
  const isLong = lot.quantity > 0n, heldMs = Math.max(0, lot.exitTimeMs - lot.entryTimeMs);
  const negative = (value: Notional) => subtractNotional(ZERO_NOTIONAL, value);
  return {
    instrument,
    side: isLong ? "long" : "short",
    quantity: absoluteQuantity(lot.quantity),
    acquiredMs: lot.entryTimeMs,
    disposedMs: lot.exitTimeMs,
    acquiredBy: lot.entryReason,
    disposedBy: lot.exitReason,
    proceeds: isLong ? lot.exitValue : negative(lot.entryValue),
    cost: isLong ? lot.entryValue : negative(lot.exitValue),
    fees: lot.feesQuote,
    gain: profitOf(lot),
    heldMs,
    term: isLong && heldMs > terms.longAfterDays * DAY_MS ? "long" : "short",
    isAmbiguous,
  };
}

function unmatchedOf({ quantity, value, feeQuote }: Lot, { instrument, timeMs, tradeId }: Fill): Unmatched {
  const proceeds = subtractNotional(ZERO_NOTIONAL, value);
  return { instrument, quantity: absoluteQuantity(quantity), timeMs, tradeId, proceeds, fees: feeQuote };
}

function openLot({ quantity, value, timeMs, feeQuote, reason }: Lot, instrument: InstrumentId): OpenLot {
  return { instrument, quantity, acquiredMs: timeMs, acquiredBy: reason, cost: value, fees: feeQuote };
}

/** Sign of one lot's cost of a unit, fee included, less another's; of short lots, of what they brought, below zero. */
function compareCost(a: Lot, b: Lot): number {
  const left = (a.value + a.feeQuote) * absoluteQuantity(b.quantity);
  const right = (b.value + b.feeQuote) * absoluteQuantity(a.quantity);
  return left > right ? 1 : left < right ? -1 : 0;
}

function isDearer(a: Lot, b: Lot): boolean {
  return compareCost(a, b) > 0;
}

/** True when the method says nothing about which of two lots goes, and it matters. */
function isContested(lots: readonly Lot[], place: number, method: LotMethod): boolean {
  const chosen = lots[place]!;
  return lots.some((lot, i) => {
    if (i === place) return false;
    const sameCost = compareCost(lot, chosen) === 0, sameTime = lot.timeMs === chosen.timeMs;
    return method === "hifo" ? sameCost && !sameTime : sameTime && !sameCost;
  });
}
