// What an exchange does to open positions, orders aside: charges them, and liquidates those that have lost their margin.
import type { Liquidation, VenueEvent } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { Charges } from "./charges.ts";
import { Liquidations } from "./liquidation.ts";
import { MarkPrices } from "./mark_prices.ts";
import { DEFAULT_LIQUIDATION, type InstrumentFeed, type PositionRules } from "./position_rules.ts";
import type { HeldPosition, SimulatedAccount } from "./simulated_account.ts";
import type { TradedCandles } from "./traded_candles.ts";

/** One for an exchange; its moments are called in the order in which they stand here. */
export class PositionDesk {
  readonly charges: Charges;
  readonly marks: MarkPrices;
  readonly #account: SimulatedAccount;
  readonly #liquidations: Liquidations | null;
  readonly #events: VenueEvent[];
  /** Open time of the candles in work. */
  #candleMs = 0 as TimestampMs;
  /** Where positions count now, by market. */
  readonly #at: Float64Array;

  constructor(
    account: SimulatedAccount,
    rules: PositionRules,
    feeds: readonly InstrumentFeed[],
    events: VenueEvent[],
  ) {
    const { instruments } = account;
    this.#account = account;
    this.#events = events;
    this.charges = new Charges(instruments, feeds);
    this.marks = new MarkPrices(instruments.map((_, i) => feeds[i]?.mark ?? null));
    this.#at = new Float64Array(instruments.length).fill(NaN);
    this.#liquidations = rules.marginMode === undefined
      ? null
      : new Liquidations(account, rules.liquidation ?? DEFAULT_LIQUIDATION, rules.marginMode === "isolated");
  }

  /** A desk where an exchange has something for it to do, else null. */
  static of(
    account: SimulatedAccount,
    rules: PositionRules | undefined,
    feeds: readonly InstrumentFeed[] | undefined,
    events: VenueEvent[],
  ): PositionDesk | null {
    const borrows = account.instruments.some(({ borrowRatePerHour }) => borrowRatePerHour !== null);
    const isNeeded = rules?.marginMode !== undefined || borrows ||
      feeds?.some(({ funding, mark }) => funding !== null || mark !== null);
    return isNeeded ? new PositionDesk(account, rules ?? {}, feeds ?? [], events) : null;
  }

  get liquidated(): readonly Liquidation[] {
    return this.#liquidations?.settled ?? [];
  }

  /** True when nothing is open that a candle could charge or liquidate. */
  get idle(): boolean {
    return this.#account.positions.every(({ quantity }) => quantity === 0n);
  }

  /**
   * Candles open: what was due by then is charged on what was held by then, and a position beyond whose price the mark
   * opens is taken over there, before any order could trade.
   */
  atOpen(candles: TradedCandles): void {
    this.marks.take(candles);
    this.#candleMs = openTimeOf(candles);
    for (let row = 0; row < candles.count; row++) {
      const instrument = candles.instrument[row]!;
      this.#at[instrument] = this.marks.open[instrument]!;
    }
    for (let row = 0; row < candles.count; row++) this.#charge(candles.instrument[row]!, candles.openTimeMs[row]!);
    if (this.#liquidations === null) return;
    for (const position of this.#account.positions) this.#liquidateAt(position, openTimeOf(candles));
  }

  /** What is due between the open and the close, on what is held after the open. */
  beforeClose(candles: TradedCandles): void {
    for (let row = 0; row < candles.count; row++) this.#charge(candles.instrument[row]!, candles.closeTimeMs - 1);
  }

  /**
   * True when an order that only reduces would trade at or beyond the price at which its position is liquidated, and the
   * mark gets there: then the position is taken over first.
   */
  comesFirst(position: HeldPosition, raw: number, timeMs: TimestampMs): boolean {
    if (this.#liquidations === null || position.quantity === 0n) return false;
    const price = this.#liquidations.priceOf(position, this.#at);
    if (!(position.quantity > 0n ? raw <= price : raw >= price) || !this.#reaches(position, price)) return false;
    this.#liquidate(position, price, timeMs);
    return true;
  }

  /** Positions in a market whose price the candle's marks reach. */
  inside(instrument: number, timeMs: TimestampMs): void {
    if (this.#liquidations === null) return;
    for (const position of this.#account.positions) {
      if (position.instrument !== instrument || position.quantity === 0n) continue;
      const price = this.#liquidations.priceOf(position, this.#at);
      if (this.#reaches(position, price)) this.#liquidate(position, price, timeMs);
    }
  }

  /**
   * The same for a market with marks of its own, where traded prices go a stated way: the way of the marks is not known.
   * True when a position was liquidated.
   */
  insideByMark(instrument: number, timeMs: number): boolean {
    if (this.#liquidations === null || this.marks.isTraded(instrument)) return false;
    const before = this.#liquidations.settled.length;
    this.inside(instrument, timeMs as TimestampMs);
    return this.#liquidations.settled.length > before;
  }

  /**
   * The position in a market that is liquidated first on the straight way between two traded prices, and the price: where
   * the way begins beyond the position's, that is at once.
   */
  onWay(instrument: number, from: number, to: number): { position: HeldPosition; price: number } | null {
    if (this.#liquidations === null || !this.marks.isTraded(instrument)) return null;
    let first: { position: HeldPosition; price: number } | null = null;
    for (const position of this.#account.positions) {
      if (position.instrument !== instrument || position.quantity === 0n) continue;
      const at = this.#liquidations.priceOf(position, this.#at), isLong = position.quantity > 0n;
      if (!(isLong ? Math.min(from, to) <= at : Math.max(from, to) >= at)) continue;
      const price = isLong ? Math.min(at, from) : Math.max(at, from);
      if (first === null || Math.abs(price - from) < Math.abs(first.price - from)) first = { position, price };
    }
    return first;
  }

  /** Liquidates what {@linkcode onWay} found. */
  takeOver({ position, price }: { position: HeldPosition; price: number }, timeMs: TimestampMs): void {
    this.#liquidate(position, price, timeMs);
  }

  /** The candles have closed: the last look, at the marks of all markets together. */
  atClose(candles: TradedCandles): void {
    for (let row = 0; row < candles.count; row++) {
      const instrument = candles.instrument[row]!;
      this.#at[instrument] = this.marks.close[instrument]!;
    }
    if (this.#liquidations === null) return;
    for (const position of this.#account.positions) this.#liquidateAt(position, candles.closeTimeMs);
  }

  #charge(instrument: number, untilMs: number): void {
    const positions = this.#account.positions.filter((position) => position.instrument === instrument);
    for (const charge of this.charges.due(instrument, untilMs, positions, this.#at[instrument]!)) {
      this.#account.charge(positions.find(({ side }) => side === charge.side)!, charge.amount);
      this.#events.push({ kind: "charge", charge, timeMs: charge.timeMs });
    }
  }

  /** Liquidates a position that the mark of its market has passed by. */
  #liquidateAt(position: HeldPosition, timeMs: TimestampMs): void {
    if (position.quantity === 0n) return;
    const mark = this.#at[position.instrument]!, price = this.#liquidations!.priceOf(position, this.#at);
    if (position.quantity > 0n ? mark <= price : mark >= price) this.#liquidate(position, mark, timeMs);
  }

  #reaches({ instrument, quantity }: HeldPosition, price: number): boolean {
    return quantity > 0n ? this.marks.low[instrument]! <= price : this.marks.high[instrument]! >= price;
  }

  #liquidate(position: HeldPosition, mark: number, timeMs: TimestampMs): void {
    const liquidation = this.#liquidations!.liquidate(position, mark, this.#at, timeMs, this.#candleMs);
    this.#events.push({ kind: "liquidation", liquidation, timeMs });
  }
}

/** Candles of one group open together. */
function openTimeOf(candles: TradedCandles): TimestampMs {
  return candles.openTimeMs[0] as TimestampMs;
}
