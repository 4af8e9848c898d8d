// Exact integers of up to 104 bits, held in two doubles: what bigints do on the event path, at the cost of a few
// additions. Products are split by Dekker's method (Dekker 1971, "A floating-point technique for extending the available
// precision"); JavaScript never fuses a multiplication with an addition, so every step is the same on every machine.
import { assert } from "../../errors/mod.ts";
import { AMOUNT_DECIMALS, decimalToNumber, powerOfTen } from "../../money/mod.ts";

/** Integers stay below this; above it a sum of two lower halves might not be exact any more. */
export const WIDEST = 2 ** 104;
const SPLITTER = 2 ** 27 + 1;
/** Above the rounding of a quotient's second half, far below half a unit of its last place. */
const TIE_MARGIN = 1 + 2 ** -30;

/** An integer that changes in place: `hi + lo`, where `hi` is the double nearest to the sum. */
export class WideInteger {
  // Begun with fractions, so that the engine makes double fields of them.
  hi = 0.5;
  lo = 0.5;

  constructor() {
    this.hi = 0;
    this.lo = 0;
  }

  /** @throws {AssertionError} beyond {@linkcode WIDEST}. */
  static of(value: bigint): WideInteger {
    const wide = new WideInteger();
    wide.hi = Number(value);
    assert(Math.abs(wide.hi) < WIDEST, `${value} has more than 104 bits`);
    wide.lo = Number(value - BigInt(wide.hi));
    return wide;
  }

  toBigInt(): bigint {
    return BigInt(this.hi) + BigInt(this.lo);
  }

  set(other: WideInteger): void {
    this.hi = other.hi;
    this.lo = other.lo;
  }

  clear(): void {
    this.hi = 0;
    this.lo = 0;
  }

  /** Becomes `(hi + lo) × factor`, all whole; |lo × factor| below 2^53. */
  product(hi: number, lo: number, factor: number): void {
    const top = hi * factor;
    let c = SPLITTER * hi;
    const a1 = c - (c - hi), a2 = hi - a1;
    c = SPLITTER * factor;
    const b1 = c - (c - factor), b2 = factor - b1;
    const rest = (((a1 * b1 - top) + a1 * b2) + a2 * b1) + a2 * b2 + lo * factor;
    this.hi = top + rest;
    this.lo = rest - (this.hi - top);
  }

  /** Becomes `this × factor`. */
  scale(factor: number): void {
    if (factor !== 1) this.product(this.hi, this.lo, factor);
  }

  /** Becomes `this + sign × other`, `sign` 1 or −1. */
  add(other: WideInteger, sign: number): void {
    const a = this.hi, b = sign * other.hi;
    const sum = a + b, part = sum - a;
    const rest = ((a - (sum - part)) + (b - part)) + (this.lo + sign * other.lo);
    this.hi = sum + rest;
    this.lo = rest - (this.hi - sum);
  }

  /** Becomes `this ÷ divisor` of an integer that is not negative, rounded up or down. */
  divide(divisor: number, up: boolean): void {
    if (divisor === 1) return;
    let first = this.hi / divisor;
    if (first < 2 ** 53) first = Math.floor(first);
    rest.product(first, 0, divisor);
    rest.add(this, -1);
    // What is left is less than a few units of the quotient's last place, and so a double.
    const left = -(rest.hi + rest.lo);
    let second = Math.floor(left / divisor), over = left - second * divisor;
    if (over < 0) second--, over += divisor;
    else if (over >= divisor) second++, over -= divisor;
    if (up && over > 0) second++;
    this.hi = first + second;
    this.lo = second - (this.hi - first);
  }

  get isNegative(): boolean {
    return this.hi < 0;
  }

  /** Becomes unusable beyond {@linkcode WIDEST}. */
  get isTooWide(): boolean {
    return !(Math.abs(this.hi) < WIDEST);
  }

  /** The double nearest to `this ÷ 10^decimals`, as `notionalToNumber` gives it. */
  toNumber({ hi, lo, decimals }: DecimalScale): number {
    if (this.hi === 0) return 0;
    const first = this.hi / hi;
    rest.product(first, 0, hi);
    const left = ((this.hi - rest.hi) - rest.lo) + this.lo - first * lo;
    const second = left / hi;
    const sum = first + second, lost = second - (sum - first);
    // Where the part that was rounded away is nearly half of a last place, it has to be looked at exactly.
    if (sum + lost * TIE_MARGIN === sum) return sum;
    return decimalToNumber(this.toBigInt() * powerOfTen(AMOUNT_DECIMALS - decimals), AMOUNT_DECIMALS);
  }
}

const rest = new WideInteger();

/** 10^decimals, which above 10^22 no double holds. */
export class DecimalScale {
  readonly hi: number;
  readonly lo: number;
  constructor(readonly decimals: number) {
    const power = powerOfTen(decimals);
    this.hi = Number(power);
    this.lo = Number(power - BigInt(this.hi));
  }
}
