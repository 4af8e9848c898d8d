// Funding and interest: when they are due, and how much.
import { type FundingColumns, type Instrument, missingSettlements, sizeOf } from "../market/mod.ts";
import { absoluteQuantity, feeOn, type FeeRate, type Notional, type Price, priceFromNumber } from "../money/mod.ts";
import type { PositionCharge } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { InstrumentFeed } from "./position_rules.ts";
import type { HeldPosition } from "./simulated_account.ts";

/** Settlements of a market's funding that were due while a position was open, and that nobody has. */
export interface MissingFunding {
  readonly instrument: number;
  count: number;
  readonly firstTimeMs: TimestampMs;
}

/** Borrowed assets are charged at each full hour. */
const HOUR_MS = 3_600_000;
/** Marks have no tick: they are taken to 12 digits. */
const FINEST = 1n as Price;

/** Walks the schedules of all markets and answers what is due. A settlement is taken once. */
export class Charges {
  readonly missing: MissingFunding[] = [];
  readonly #schedules: readonly Schedule[];

  constructor(readonly instruments: readonly Instrument[], feeds: readonly InstrumentFeed[]) {
    this.#schedules = instruments.map((market, i) => {
      const feed = feeds[i];
      const funding = feed?.funding ?? null;
      return {
        funding,
        nextRow: 0,
        absent: funding === null ? new Float64Array() : missingSettlements(funding, feed!.fromMs, feed!.toMs),
        nextAbsent: 0,
        nextHourMs: market.borrowRatePerHour === null ? Infinity : -Infinity,
      };
    });
  }

  /**
   * What is due of a market up to a moment, on the positions as they are.
   *
   * @param untilMs The moment, itself included.
   * @param mark Mark price now, quote units, for settlements that do not tell theirs.
   */
  due(instrument: number, untilMs: number, positions: readonly HeldPosition[], mark: number): PositionCharge[] {
    const schedule = this.#schedules[instrument]!;
    const charges: PositionCharge[] = [];
    this.#countAbsent(schedule, instrument, untilMs, positions);
    const { funding } = schedule;
    for (; funding !== null && schedule.nextRow < funding.length; schedule.nextRow++) {
      const row = schedule.nextRow, timeMs = funding.timeMs[row]!;
      if (timeMs > untilMs) break;
      const told = funding.markPrice[row]!, at = told === told ? told : mark;
      for (const position of positions) {
        const amount = this.#fundingOf(position, funding.rate[row]!, at);
        this.#add(charges, "funding", position, funding.rate[row]!, at, amount, timeMs);
      }
    }
    this.#addInterest(schedule, charges, untilMs, positions, mark);
    return charges;
  }

  #countAbsent(schedule: Schedule, instrument: number, untilMs: number, positions: readonly HeldPosition[]): void {
    const { absent } = schedule;
    for (; schedule.nextAbsent < absent.length && absent[schedule.nextAbsent]! <= untilMs; schedule.nextAbsent++) {
      if (positions.every(({ quantity }) => quantity === 0n)) continue;
      const own = this.missing.find((one) => one.instrument === instrument);
      if (own) own.count++;
      else this.missing.push({ instrument, count: 1, firstTimeMs: absent[schedule.nextAbsent] as TimestampMs });
    }
  }

  #addInterest(
    schedule: Schedule,
    charges: PositionCharge[],
    untilMs: number,
    positions: readonly HeldPosition[],
    mark: number,
  ): void {
    if (schedule.nextHourMs === -Infinity) schedule.nextHourMs = Math.ceil((untilMs + 1) / HOUR_MS) * HOUR_MS;
    for (; schedule.nextHourMs <= untilMs; schedule.nextHourMs += HOUR_MS) {
      for (const position of positions) {
        if (position.quantity >= 0n) continue; // only what was sold without being owned is borrowed
        const rate = this.instruments[position.instrument]!.borrowRatePerHour!;
        const amount = this.#shareOf(position, rate, mark);
        this.#add(charges, "interest", position, rate, mark, amount, schedule.nextHourMs);
      }
    }
  }

  /** Longs pay a rate above zero, shorts receive it: rounded up when paid, down when received. */
  #fundingOf(position: HeldPosition, rate: number, mark: number): Notional {
    return this.#shareOf(position, position.quantity > 0n ? rate : -rate, mark);
  }

  #shareOf({ instrument, quantity }: HeldPosition, rate: number, mark: number): Notional {
    const market = this.instruments[instrument]!;
    if (quantity === 0n || rate === 0) return 0n as Notional;
    const size = sizeOf(market, priceFromNumber(mark, FINEST, "nearest"), absoluteQuantity(quantity));
    return feeOn(size, BigInt(Math.round(rate * 1e12)) as FeeRate, market.feeDecimals) as bigint as Notional;
  }

  #add(
    charges: PositionCharge[],
    what: PositionCharge["what"],
    { instrument, side, quantity }: HeldPosition,
    rate: number,
    mark: number,
    amount: Notional,
    timeMs: number,
  ): void {
    if (quantity === 0n) return;
    const { id } = this.instruments[instrument]!;
    charges.push({
      id: `${what}:${id}:${side}:${timeMs}`,
      what,
      instrument: id,
      side,
      position: quantity,
      rate,
      mark,
      amount,
      timeMs: timeMs as TimestampMs,
    });
  }
}

interface Schedule {
  readonly funding: FundingColumns | null;
  nextRow: number;
  readonly absent: Float64Array;
  nextAbsent: number;
  nextHourMs: number;
}
