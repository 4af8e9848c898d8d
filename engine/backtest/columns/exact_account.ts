import { AMOUNT_DECIMALS, feeRateFromFraction, powerOfTen, UNIT_DECIMALS } from "../../money/mod.ts";
import { unroundedSize } from "../../risk/mod.ts";
import type { ColumnAccount, ColumnTerms, FillKind } from "./column_terms.ts";
import { GridSteps } from "./grid_steps.ts";
import { DecimalScale, WideInteger, WIDEST } from "./wide_integer.ts";

/** What a fee is of a number of steps × lots, or of lots: rounded up to whole units of the fee's last digit. */
interface FeeShare {
  readonly numerator: number;
  readonly denominator: number;
  readonly isRebate: boolean;
  /** What one unit of the fee's last digit is, in units of what it is taken from. */
  readonly unit: number;
}

/** What costs less than this share of the funds is paid for: the simulator's `canPay`. */
const SURELY_PAID = 1 - 1e-9;

/**
 * The account of a trial with the event path's money: exact cash, quantities on the lot, prices on the tick, fees rounded
 * up. It does what trader, risk and simulator do to one plain position, in the same operations.
 */
export class ExactAccount implements ColumnAccount {
  cash = 0.5;
  quantity = 0.5;
  entryPrice = 0.5;
  exitPrice = 0.5;
  tradeFees = 0.5;
  tradeProfit = 0.5;
  isBeyond = false;

  readonly #terms: ColumnTerms;
  readonly #ticks: GridSteps;
  readonly #lots: GridSteps;
  /** Amounts count 10^-decimals. */
  readonly #scale: DecimalScale;
  /** Amount of one step × lot. */
  readonly #stepLot: number;
  readonly #start: WideInteger;
  readonly #maker: FeeShare;
  readonly #taker: FeeShare;
  /** Of a purchase whose fee it brings itself; null for others. */
  readonly #base: FeeShare | null;

  readonly #cash = new WideInteger();
  readonly #entryValue = new WideInteger();
  readonly #fees = new WideInteger();
  readonly #paid = new WideInteger();
  readonly #fee = new WideInteger();
  readonly #left = new WideInteger();
  /** Lots of the entry that was asked for, and its side: it may be asked for before the other side is left. */
  #wanted = 0.5;
  #wantedSide: 1 | -1 = 1;
  #side: 1 | -1 = 1;
  /** Lots held. */
  #held = 0.5;
  /** Lots of the entry at work whose cost stands in `#paid` and `#fee`; −1 for none. */
  #reckonedLots = 0.5;
  #stopSteps = 0.5;
  #stopLow = 0.5;
  #stopPrice = 0.5;
  #targetSteps = 0.5;
  #targetLow = 0.5;
  #targetPrice = 0.5;

  /** @param terms Such that {@linkcode whyNotExact} has nothing to say. */
  constructor(terms: ColumnTerms) {
    this.#terms = terms;
    this.#ticks = new GridSteps(terms.tick);
    this.#lots = new GridSteps(terms.lot);
    const decimals = decimalsOf(terms);
    this.#scale = new DecimalScale(decimals);
    this.#stepLot = Number(terms.tick * terms.lot / powerOfTen(AMOUNT_DECIMALS - decimals));
    this.#start = WideInteger.of(terms.cash / powerOfTen(AMOUNT_DECIMALS - decimals));
    this.#maker = cashFee(terms, terms.makerFraction);
    this.#taker = cashFee(terms, terms.takerFraction);
    this.#base = terms.feeFromPosition ? baseFee(terms) : null;
  }

  begin(): void {
    this.#cash.set(this.#start);
    this.isBeyond = false;
    this.cash = this.#cash.toNumber(this.#scale);
    this.quantity = this.tradeFees = this.tradeProfit = 0;
    this.entryPrice = this.exitPrice = NaN;
  }

  request(side: 1 | -1, mark: number, stopPrice: number): boolean {
    const terms = this.#terms, { usesMargin, leverage, minNotional, reserveFraction } = terms;
    const equity = this.quantity === 0 ? this.cash : this.cash + this.quantity * mark;
    const inputs = { instrument: terms.market, equity, price: mark, stopPrice, reserveFraction };
    const size = unroundedSize(terms.sizing, inputs);
    if (!(size > 0 && size < Infinity)) return false;
    if (!(size < 2 ** 53)) return this.#beyond();
    const lots = this.#lots.steps(size, "down");
    if (lots <= 0) return false;
    const needed = Math.abs(this.#lots.toNumber(lots, 0) * mark);
    if (minNotional > 0 && needed < minNotional) return false;
    if (side < 0 && !usesMargin) return false;
    // A position that is on its way out counts for nothing any more.
    if (needed > (usesMargin ? equity * leverage : this.cash)) return false;
    this.#wanted = lots;
    this.#wantedSide = side;
    return true;
  }

  enter(open: number): boolean {
    const terms = this.#terms, side = this.#side = this.#wantedSide, ticks = this.#ticks;
    const slipped = side > 0 ? open * (1 + terms.slippageFraction) : open * (1 - terms.slippageFraction);
    const steps = ticks.steps(slipped, side > 0 ? "up" : "down"), low = ticks.low;
    if (!(steps > 0)) return this.#beyond();
    const price = ticks.toNumber(steps, low);
    const rate = this.#base !== null ? 0 : terms.takerFraction;
    const unitCost = price + rate * price;
    const spendable = terms.usesMargin ? Math.max(0, this.cash) * terms.leverage : this.cash;
    let lots = this.#wanted;
    this.#reckonedLots = -1;
    if (
      !(this.#lots.toNumber(lots, 0) * unitCost < spendable * SURELY_PAID) &&
      !this.#fits(lots, steps, low, unitCost, spendable)
    ) {
      lots = this.#cut(steps, low, unitCost, spendable);
      if (!(lots > 0)) return false;
    }
    return this.#open(lots, steps, low, price);
  }

  place(kind: "stop" | "target", wanted: number): number {
    const ticks = this.#ticks;
    if (!(wanted > 0 && wanted < 2 ** 53)) {
      this.#beyond();
      return NaN;
    }
    const steps = ticks.steps(wanted, "nearest"), low = ticks.low, price = ticks.toNumber(steps, low);
    if (!(steps > 0) || !this.canClose(price)) this.#beyond();
    if (kind === "stop") [this.#stopSteps, this.#stopLow, this.#stopPrice] = [steps, low, price];
    else [this.#targetSteps, this.#targetLow, this.#targetPrice] = [steps, low, price];
    return price;
  }

  canClose(price: number): boolean {
    const { minNotional } = this.#terms;
    return minNotional === 0 || !(Math.abs(this.quantity * price) < minNotional);
  }

  exit(kind: FillKind, raw: number, taker: boolean): void {
    const ticks = this.#ticks, slips = taker ? this.#terms.slippageFraction : 0;
    const sells = this.#side > 0;
    let steps: number, low: number;
    if (slips === 0 && kind === "stop" && raw === this.#stopPrice) steps = this.#stopSteps, low = this.#stopLow;
    else if (slips === 0 && kind === "target" && raw === this.#targetPrice) {
      steps = this.#targetSteps, low = this.#targetLow;
    } else {
      steps = ticks.steps(sells ? raw * (1 - slips) : raw * (1 + slips), sells ? "down" : "up");
      low = ticks.low;
      // A limit is never exceeded, whatever the slippage.
      const beyond = steps === this.#targetSteps ? low - this.#targetLow : steps - this.#targetSteps;
      if (kind === "target" && (sells ? beyond < 0 : beyond > 0)) {
        steps = this.#targetSteps, low = this.#targetLow;
      }
    }
    if (!(steps > 0)) this.#beyond();
    this.exitPrice = ticks.toNumber(steps, low);
    this.#close(steps, low, taker ? this.#taker : this.#maker);
  }

  giveUp(): void {
    this.isBeyond = true;
  }

  #beyond(): false {
    this.isBeyond = true;
    return false;
  }

  #fits(lots: number, steps: number, low: number, unitCost: number, spendable: number): boolean {
    if (this.#terms.usesMargin) return this.#lots.toNumber(lots, 0) * unitCost <= spendable;
    const left = this.#left;
    this.#reckon(lots, steps, low, this.#taker);
    left.set(this.#cash);
    left.add(this.#paid, -1);
    if (this.#base === null) left.add(this.#fee, -1);
    return !left.isNegative;
  }

  /** The most lots that the funds pay for, as the simulator looks for them. */
  #cut(steps: number, low: number, unitCost: number, spendable: number): number {
    const pays = (lots: number) => lots <= 0 || this.#fits(lots, steps, low, unitCost, spendable);
    const size = Math.max(0, spendable / unitCost);
    let fitting = size > 0 ? this.#lots.steps(size, "down") : 0, unfitting = fitting + 1;
    for (let step = 1; !pays(fitting); step *= 2) {
      unfitting = fitting;
      fitting -= step;
    }
    while (unfitting - fitting > 1) {
      const middle = Math.floor((fitting + unfitting) / 2);
      if (pays(middle)) fitting = middle;
      else unfitting = middle;
    }
    return fitting;
  }

  #open(bought: number, steps: number, low: number, price: number): boolean {
    const side = this.#side, base = this.#base;
    // Whether it can be paid may have been reckoned just now.
    if (this.#reckonedLots !== bought) this.#reckon(bought, steps, low, this.#taker);
    this.#cash.add(this.#paid, -side);
    let lots = bought;
    if (base === null) {
      this.#cash.add(this.#fee, -1);
      this.#entryValue.set(this.#paid);
    } else {
      // What the fee takes is worth its quantity at the price of the fill.
      const taken = this.#feeInLots(bought, base);
      lots -= taken;
      if (!(lots > 0)) return this.#beyond();
      this.#fee.product(steps, low, taken);
      this.#fee.scale(this.#stepLot);
      this.#entryValue.product(steps, low, lots);
      this.#entryValue.scale(this.#stepLot);
    }
    this.#fees.set(this.#fee);
    this.#held = lots;
    this.cash = this.#cash.toNumber(this.#scale);
    this.quantity = side * this.#lots.toNumber(lots, 0);
    this.entryPrice = price;
    this.tradeFees = this.#fees.toNumber(this.#scale);
    return true;
  }

  #close(steps: number, low: number, share: FeeShare): void {
    const side = this.#side;
    this.#reckon(this.#held, steps, low, share);
    this.#cash.add(this.#paid, side);
    this.#cash.add(this.#fee, -1);
    this.#fees.add(this.#fee, 1);
    const profit = this.#paid;
    profit.add(this.#entryValue, -1);
    if (side < 0) profit.scale(-1);
    profit.add(this.#fees, -1);
    this.cash = this.#cash.toNumber(this.#scale);
    this.quantity = 0;
    this.tradeFees = this.#fees.toNumber(this.#scale);
    this.tradeProfit = profit.toNumber(this.#scale);
  }

  /** What so many lots cost at a price, and the fee on it in the settlement asset. */
  #reckon(lots: number, steps: number, low: number, { numerator, denominator, isRebate, unit }: FeeShare): void {
    const paid = this.#paid, fee = this.#fee;
    this.#reckonedLots = lots;
    paid.product(steps, low, lots);
    if (!(Math.abs(low * lots) < 2 ** 52)) this.#beyond();
    fee.set(paid);
    fee.scale(numerator);
    if (!(fee.hi < WIDEST)) this.#beyond();
    fee.divide(denominator, !isRebate);
    fee.scale(isRebate ? -unit : unit);
    paid.scale(this.#stepLot);
    if (!(paid.hi < WIDEST) || fee.isTooWide) this.#beyond();
  }

  #feeInLots(lots: number, { numerator, denominator, isRebate, unit }: FeeShare): number {
    const fee = this.#fee;
    fee.product(lots, 0, numerator);
    fee.divide(denominator, !isRebate);
    return (isRebate ? -unit : unit) * fee.hi;
  }
}

/** Why the money of these terms cannot be kept in doubles; null when it can. */
export function whyNotExact(terms: ColumnTerms): string | null {
  if (!GridSteps.fits(terms.tick)) return "its tick is no whole part of one";
  if (!GridSteps.fits(terms.lot)) return "its lot is no whole part of one";
  const cash = terms.cash / powerOfTen(AMOUNT_DECIMALS - decimalsOf(terms));
  if (cash * 16n >= BigInt(WIDEST)) return "the cash is too large for its tick and lot";
  if (terms.feeFromPosition && powerOfTen(UNIT_DECIMALS - baseDecimals(terms)) % terms.lot !== 0n) {
    return "fees taken in the base asset leave less than a lot over";
  }
  const shares = [cashFee(terms, terms.makerFraction), cashFee(terms, terms.takerFraction)];
  if (terms.feeFromPosition) shares.push(baseFee(terms));
  const tooFine = shares.some(({ numerator, denominator }) => numerator > 2 ** 40 || denominator >= 2 ** 52);
  return tooFine ? "its fee has too many digits" : null;
}

/** The fewest digits after the point that hold every amount: notionals, fees and the cash at the start. */
function decimalsOf({ tick, lot, cash, feeDecimals }: ColumnTerms): number {
  let decimals = feeDecimals;
  while ([tick * lot, cash].some((amount) => amount % powerOfTen(AMOUNT_DECIMALS - decimals) !== 0n)) decimals++;
  return decimals;
}

function baseDecimals({ feeDecimals }: ColumnTerms): number {
  return Math.min(feeDecimals, UNIT_DECIMALS);
}

/** A fee of a share of the notional, which counts steps × lots. */
function cashFee(terms: ColumnTerms, fraction: number): FeeShare {
  const { tick, lot, feeDecimals } = terms;
  const unit = powerOfTen(decimalsOf(terms) - feeDecimals);
  return feeShare(tick * lot, fraction, UNIT_DECIMALS + AMOUNT_DECIMALS - feeDecimals, unit);
}

/** A fee of a share of the quantity, which counts lots. */
function baseFee(terms: ColumnTerms): FeeShare {
  const decimals = baseDecimals(terms), unit = powerOfTen(UNIT_DECIMALS - decimals) / terms.lot;
  return feeShare(terms.lot, terms.takerFraction, 2 * UNIT_DECIMALS - decimals, unit);
}

function feeShare(counted: bigint, fraction: number, digits: number, unit: bigint): FeeShare {
  const rate = feeRateFromFraction(fraction) as bigint, size = rate < 0n ? -rate : rate;
  let numerator = counted * size, denominator = powerOfTen(digits);
  const common = greatestCommonDivisor(numerator, denominator);
  numerator /= common;
  denominator /= common;
  return {
    numerator: Number(numerator),
    denominator: Number(denominator),
    isRebate: rate < 0n,
    unit: Number(unit),
  };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
