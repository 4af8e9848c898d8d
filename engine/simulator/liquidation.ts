// When a position is liquidated, and how it is settled: the account never pays more than what stood behind it.
import {
  bankruptcyPrice,
  type Instrument,
  liquidationPrice,
  maintenanceMargin,
  type MarginedPosition,
  priceOfValue,
  settlementAsset,
  sizeNumber,
  sizeOf,
  valueNumber,
  valueOf,
} from "../market/mod.ts";
import {
  type Fee,
  feeOn,
  feeRateFromBps,
  type Notional,
  notionalToNumber,
  type Price,
  priceFromNumber,
  type Quantity,
  quantityToNumber,
} from "../money/mod.ts";
import { type Liquidation, liquidationFill } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { LiquidationRules } from "./position_rules.ts";
import type { HeldPosition, SimulatedAccount } from "./simulated_account.ts";

const FINEST = 1n as Price;

/** Watches the margin of an account's positions and settles those that have lost it. */
export class Liquidations {
  readonly settled: Liquidation[] = [];
  readonly #account: SimulatedAccount;
  readonly #rules: LiquidationRules;
  readonly #isolated: boolean;

  constructor(account: SimulatedAccount, rules: LiquidationRules, isolated: boolean) {
    this.#account = account;
    this.#rules = rules;
    this.#isolated = isolated;
  }

  /**
   * The mark price at which a position is liquidated while all others stay at their marks; NaN where there is no position
   * or no maintenance margin.
   */
  priceOf(position: HeldPosition, marks: ArrayLike<number>): number {
    const { marginTiers } = this.#market(position);
    if (position.quantity === 0n || marginTiers === null) return NaN;
    const others = this.#isolated ? 0 : this.#valueOfOthers(position, marks) - this.#keptForOthers(position, marks);
    return liquidationPrice(this.#margined(position, others), marginTiers, this.#rules.maintenanceOn);
  }

  /** The mark price at which nothing is left behind a position while all others stay at their marks. */
  bankruptcyPriceOf(position: HeldPosition, marks: ArrayLike<number>): number {
    return bankruptcyPrice(this.#margined(position, this.#isolated ? 0 : this.#valueOfOthers(position, marks)));
  }

  /** Closes a position at the mark price that it was liquidated at, and books it. */
  liquidate(
    position: HeldPosition,
    mark: number,
    marks: ArrayLike<number>,
    timeMs: TimestampMs,
    candleMs: TimestampMs,
  ): Liquidation {
    const market = this.#market(position), { quantity, side } = position;
    const triggered = priceFromNumber(mark, FINEST, "nearest");
    const floor = this.#isolated
      ? (position.entryValue - position.margin) as Notional
      : -(this.#account.cash + this.#exactValueOfOthers(position, marks)) as Notional;
    const bankrupt = this.#rules.settleAt === "bankruptcy-price" || this.#left(position, triggered, floor) < 0n;
    const price = bankrupt ? this.#priceLeaving(position, floor, triggered) : triggered;
    const left = this.#left(position, price, floor);
    const asked = feeOn(sizeOf(market, price, quantity), feeRateFromBps(this.#rules.feeBps), market.feeDecimals);
    const fee = (asked <= left ? asked : left > 0n ? left : 0n) as bigint as Fee;
    // Who takes the position over has it at the settled price, and can sell it at the mark.
    const gained = valueOf(market, triggered, quantity) - valueOf(market, price, quantity);
    const liquidation: Liquidation = {
      id: `liquidation:${market.id}:${side}:${timeMs}:${this.settled.length}`,
      instrument: market.id,
      side,
      position: quantity,
      price,
      fee,
      mark,
      insurance: (gained + fee) as bigint as Notional,
      timeMs,
      candleMs,
    };
    this.#account.settle(position, liquidationFill(liquidation, settlementAsset(market)));
    this.#account.books.end(market.id, side);
    this.settled.push(liquidation);
    return liquidation;
  }

  /** What closing at a price leaves above the value below which the loss is no longer the account's. */
  #left(position: HeldPosition, price: Price, floor: Notional): bigint {
    return -valueOf(this.#market(position), price, -position.quantity as Quantity) - floor;
  }

  /** The price that leaves nothing: rounded in favour of the account, which so never pays more than it has. */
  #priceLeaving(position: HeldPosition, floor: Notional, triggered: Price): Price {
    const market = this.#market(position), { quantity } = position;
    if (floor === 0n) return triggered;
    const better = quantity > 0n ? 1n : -1n;
    let price = priceOfValue(market, floor, quantity);
    // A debt elsewhere on a shared account may be larger than any price of this position can pay.
    if (price <= 0n) return triggered;
    while (this.#left(position, price, floor) < 0n && price > 1n) price = (price + better) as Price;
    return price;
  }

  #margined(position: HeldPosition, others: number): MarginedPosition {
    const instrument = this.#market(position);
    const entry = priceOfValue(instrument, position.entryValue, position.quantity);
    const collateral = this.#isolated
      ? notionalToNumber(position.margin)
      : notionalToNumber((this.#account.cash + position.entryValue) as Notional) + others;
    return {
      instrument,
      quantity: quantityToNumber(position.quantity),
      entryPrice: Number(entry) / 1e12,
      collateral,
    };
  }

  #valueOfOthers(own: HeldPosition, marks: ArrayLike<number>): number {
    let value = 0;
    for (const other of this.#others(own)) {
      value += valueNumber(this.#market(other), marks[other.instrument]!, quantityToNumber(other.quantity));
    }
    return value;
  }

  #exactValueOfOthers(own: HeldPosition, marks: ArrayLike<number>): bigint {
    let value = 0n;
    for (const other of this.#others(own)) {
      const mark = priceFromNumber(marks[other.instrument]!, FINEST, "nearest");
      value -= valueOf(this.#market(other), mark, -other.quantity as Quantity);
    }
    return value;
  }

  #keptForOthers(own: HeldPosition, marks: ArrayLike<number>): number {
    let kept = 0;
    for (const other of this.#others(own)) {
      const market = this.#market(other), quantity = quantityToNumber(other.quantity);
      if (market.marginTiers === null) continue;
      const at = this.#rules.maintenanceOn === "mark"
        ? sizeNumber(market, marks[other.instrument]!, quantity)
        : Math.abs(notionalToNumber(other.entryValue));
      kept += maintenanceMargin(market.marginTiers, at);
    }
    return kept;
  }

  #others(own: HeldPosition): HeldPosition[] {
    return this.#account.positions.filter((other) => other !== own && other.quantity !== 0n);
  }

  #market({ instrument }: HeldPosition): Instrument {
    return this.#account.instruments[instrument]!;
  }
}
