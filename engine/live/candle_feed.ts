// From candles as they arrive, late, twice, changed or not at all, to groups that a trader may act on.
import type { VenueCandle } from "../exchanges/mod.ts";
import { isConsistent } from "../market/mod.ts";
import type { Scheduler, TimestampMs } from "../time/mod.ts";
import type { Alarm } from "./trading_session.ts";
import type { CandleInput, CandleRow } from "./session_input.ts";

/** A candle from a stream or an answer; whether it has closed is for the feed to say. */
export interface ArrivedCandle {
  readonly instrument: number;
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A candle of a venue as it has arrived. */
export function arrivedCandle(instrument: number, own: VenueCandle): ArrivedCandle {
  return {
    instrument,
    openTimeMs: own.openTimeMs,
    open: Number(own.open),
    high: Number(own.high),
    low: Number(own.low),
    close: Number(own.close),
    volume: Number(own.volume),
  };
}

export interface CandleFeedParts {
  /** Of each instrument, by its number. */
  readonly symbols: readonly string[];
  /** Length of the candles, a divisor of a day. */
  readonly lengthMs: number;
  /** A candle is acted on for so long after its close, what comes later moves series and marks only (I11); {@linkcode FRESH_MS} unless stated. */
  readonly freshMs?: number;
  readonly scheduler: Scheduler;
  /** False where it is not taken in now: it is offered again at the next close. */
  readonly offer: (input: CandleInput) => boolean;
  /** Asks for the closed candles of an instrument from a moment on; null where there is no answer. */
  readonly fetch: (instrument: number, fromMs: TimestampMs) => Promise<readonly ArrivedCandle[] | null>;
  readonly alarm: (alarm: Alarm) => void;
}

/** After its close a candle may still be on its way for so long; then it is asked for. */
const GRACE_MS = 2_000;
/** See {@linkcode CandleFeedParts.freshMs}. */
export const FRESH_MS = 20_000;
/** A close beyond so many times the last one, or below that part of it, is no price (fault 37). */
const MOST_TIMES = 5;
/** Unless so many in a row stay there: then the market has leapt, as one does that was redenominated. */
const LEAP_CANDLES = 3;
/** So many candles are asked for at most after a silence, in as many pages as the venue makes of them. */
const MOST_FETCHED = 1_000;
/** A candle that changes by more than this share after it was used is told of. */
const REVISION_TOLERANCE = 0.000_1;

/** Candles in a row that lie far from the last one that was taken: how many, and the newest of them. */
interface Leap {
  readonly times: number;
  readonly close: number;
  readonly openTimeMs: number;
}

const NO_LEAP: Leap = { times: 0, close: NaN, openTimeMs: -Infinity };

/**
 * Puts candles in groups of one close time. A group is offered once, in order, when the candles of all instruments are
 * there or the grace is over; what is missing then is asked for, and what the venue does not have stays absent. Where it
 * does not answer, what follows the gap waits for it: nothing is decided across a hole that is one of the line only (I11).
 */
export class CandleFeed {
  readonly #parts: CandleFeedParts;
  /** Newest candles that are not in a group yet, by instrument and open time. */
  readonly #arrived: Map<number, ArrivedCandle>[];
  /** Open time of the newest candle that was offered, and its close. */
  readonly #lastOpenMs: Float64Array;
  readonly #lastClose: Float64Array;
  readonly #quarantined: boolean[];
  readonly #leaps: Leap[];
  /** True where the venue has not told what is missing. */
  readonly #isUnanswered: boolean[];
  #isRunning = true;
  #cancelTimer: () => void = () => {};
  /** Called with each candle that arrives while others are asked for. */
  #arrives: (candle: ArrivedCandle) => void = () => {};

  constructor(parts: CandleFeedParts, lastOpenMs: ArrayLike<number>, lastClose: ArrayLike<number>) {
    this.#parts = parts;
    this.#arrived = parts.symbols.map(() => new Map());
    this.#lastOpenMs = Float64Array.from(lastOpenMs);
    this.#lastClose = Float64Array.from(lastClose);
    this.#quarantined = parts.symbols.map(() => false);
    this.#leaps = parts.symbols.map(() => NO_LEAP);
    this.#isUnanswered = parts.symbols.map(() => false);
  }

  /** Begins with what was missed, then goes on candle by candle. */
  async start(): Promise<void> {
    await this.#close();
    this.#planNext();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancelTimer();
  }

  /** Takes a candle in. */
  take(candle: ArrivedCandle): void {
    const { symbols, lengthMs, scheduler, alarm } = this.#parts, { instrument, openTimeMs } = candle;
    const fault = this.#faultOf(candle) ?? this.#leapOf(candle);
    if (fault !== null) {
      if (!this.#quarantined[instrument]) {
        this.#quarantined[instrument] = true;
        alarm({ code: "bad-candle", message: `candles of ${symbols[instrument]} are left out: ${fault}` });
      }
      return;
    }
    const last = this.#lastOpenMs[instrument]!;
    if (openTimeMs < last) return;
    if (openTimeMs === last) return this.#revise(candle);
    // One that is still forming is not a candle yet; its last state comes after its end.
    if (scheduler.now() < openTimeMs + lengthMs) return;
    this.#quarantined[instrument] = false;
    this.#arrived[instrument]!.set(openTimeMs, candle);
    this.#arrives(candle);
  }

  #revise({ instrument, close }: ArrivedCandle): void {
    const before = this.#lastClose[instrument]!;
    if (Math.abs(close / before - 1) <= REVISION_TOLERANCE) return;
    const { symbols, alarm } = this.#parts;
    alarm({
      code: "revision",
      message: `a candle of ${symbols[instrument]} closed at ${before} and is now said to have closed at ${close}`,
    });
  }

  #faultOf({ openTimeMs, open, high, low, close, volume }: ArrivedCandle): string | null {
    const { lengthMs, scheduler } = this.#parts;
    if (!Number.isSafeInteger(openTimeMs) || openTimeMs % lengthMs !== 0) return `${openTimeMs} is not on the grid`;
    if (openTimeMs > scheduler.now() + lengthMs) return `${openTimeMs} lies in the future`;
    const values = [open, high, low, close, volume];
    if (!values.every(Number.isFinite)) return "a value is no number";
    if (!(low > 0) || volume < 0) return "a price or volume is negative or zero";
    if (!isConsistent(open, high, low, close)) return "its prices contradict each other";
    return null;
  }

  /** A price that has leapt is a fault until it has stayed there for some candles: then the market has. */
  #leapOf({ instrument, openTimeMs, high, low, close }: ArrivedCandle): string | null {
    const { lengthMs, scheduler, alarm } = this.#parts, last = this.#lastClose[instrument]!;
    const isFar = (from: number) => from > 0 && (high > from * MOST_TIMES || low < from / MOST_TIMES);
    const leap = this.#leaps[instrument]!;
    if (!isFar(last)) {
      if (leap.times > 0 && openTimeMs > leap.openTimeMs) this.#leaps[instrument] = NO_LEAP;
      return null;
    }
    if (openTimeMs > leap.openTimeMs && scheduler.now() >= openTimeMs + lengthMs) {
      const times = leap.times > 0 && isFar(leap.close) ? 1 : leap.times + 1;
      if (times >= LEAP_CANDLES) {
        this.#leaps[instrument] = NO_LEAP;
        this.#lastClose[instrument] = close;
        alarm({
          code: "market-leapt",
          message:
            `instrument ${instrument} has stayed at ${close} for ${times} candles, from ${last}: it is traded there`,
        });
        return null;
      }
      this.#leaps[instrument] = { times, close, openTimeMs };
    }
    return `from ${last} to ${high}/${low} at once`;
  }

  #planNext(): void {
    if (!this.#isRunning) return;
    const { scheduler, lengthMs } = this.#parts, nowMs = scheduler.now();
    const dueMs = Math.floor((nowMs - GRACE_MS) / lengthMs + 1) * lengthMs + GRACE_MS;
    this.#cancelTimer = scheduler.after(dueMs - nowMs, () => {
      this.#planNext();
      void this.#close();
    });
  }

  /** Offers all groups that have closed by now, and asks before for what is missing in them. */
  async #close(): Promise<void> {
    const { scheduler, lengthMs, symbols } = this.#parts;
    const lastOpenMs = Math.floor(scheduler.now() / lengthMs) * lengthMs - lengthMs;
    const asked: Promise<void>[] = [];
    for (let instrument = 0; instrument < symbols.length; instrument++) {
      if (this.#firstMissing(instrument, lastOpenMs) <= lastOpenMs) asked.push(this.#ask(instrument, lastOpenMs));
      else this.#isUnanswered[instrument] = false;
    }
    // A stream may tell what an answer is still waited for: one call that hangs holds up no other market.
    if (asked.length > 0) await Promise.race([Promise.all(asked), this.#untilComplete(lastOpenMs)]);
    if (!this.#isRunning) return;
    this.#offerUpTo(lastOpenMs);
  }

  #untilComplete(lastOpenMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#arrives = ({ openTimeMs }) => {
        if (openTimeMs < lastOpenMs) return; // the newest ones come last
        if (this.#arrived.every((_, instrument) => this.#firstMissing(instrument, lastOpenMs) > lastOpenMs)) resolve();
      };
    });
  }

  /** Open time of the first candle after those that were offered that has not arrived. */
  #firstMissing(instrument: number, lastOpenMs: number): number {
    const { lengthMs } = this.#parts, earliest = lastOpenMs - (MOST_FETCHED - 1) * lengthMs;
    let openMs = Math.max(this.#lastOpenMs[instrument]! + lengthMs, earliest);
    while (this.#arrived[instrument]!.has(openMs)) openMs += lengthMs;
    return openMs;
  }

  /** Page after page: one may hold fewer candles than are missing. */
  async #ask(instrument: number, lastOpenMs: number): Promise<void> {
    const { lengthMs, fetch } = this.#parts;
    let fromMs = this.#firstMissing(instrument, lastOpenMs), isNew = true;
    while (isNew && fromMs <= lastOpenMs && this.#isRunning) {
      const candles = await fetch(instrument, fromMs as TimestampMs);
      this.#isUnanswered[instrument] = candles === null;
      isNew = false;
      for (const candle of candles ?? []) {
        if (candle.openTimeMs > lastOpenMs) continue;
        this.take(candle);
        if (candle.openTimeMs < fromMs) continue;
        fromMs = candle.openTimeMs + lengthMs;
        isNew = true;
      }
    }
  }

  #offerUpTo(lastOpenMs: number): void {
    const { lengthMs, scheduler, offer, freshMs = FRESH_MS } = this.#parts;
    const openTimes = new Set<number>();
    const untilMs = this.#arrived.map((_, instrument) =>
      this.#isUnanswered[instrument] ? this.#firstMissing(instrument, lastOpenMs) : Infinity
    );
    this.#arrived.forEach((own, instrument) =>
      own.forEach((_, openMs) => openMs <= lastOpenMs && openMs < untilMs[instrument]! && openTimes.add(openMs))
    );
    for (const openMs of [...openTimes].sort((a, b) => a - b)) {
      const rows: CandleRow[] = [];
      this.#arrived.forEach((own, instrument) => {
        const candle = own.get(openMs);
        if (candle === undefined || openMs >= untilMs[instrument]!) return;
        if (openMs <= this.#lastOpenMs[instrument]!) return void own.delete(openMs);
        const { open, high, low, close, volume } = candle;
        rows.push([instrument, openMs, open, high, low, close, volume]);
      });
      if (rows.length === 0) continue;
      const closeTimeMs = (openMs + lengthMs) as TimestampMs, heardAtMs = scheduler.now();
      const isLate = heardAtMs - closeTimeMs > freshMs;
      if (!offer({ kind: "candles", closeTimeMs, isLate, heardAtMs, rows })) return;
      for (const [instrument, , , , , close] of rows) {
        this.#arrived[instrument]!.delete(openMs);
        this.#lastOpenMs[instrument] = openMs;
        this.#lastClose[instrument] = close;
      }
    }
  }
}
