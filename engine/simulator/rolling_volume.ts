import { addNotional, type Notional, notionalToNumber, ZERO_NOTIONAL } from "../money/mod.ts";
import { DAY_MS, type TimestampMs } from "../time/mod.ts";

/** Whole days in UTC that count. */
export const VOLUME_DAYS = 30;

/** What an account has traded, day by day, as far back as fee tiers look. */
export class RollingVolume {
  /** Days since 1970 with what was traded on them, oldest first. */
  readonly #days: { readonly day: number; notional: Notional }[] = [];
  /** What {@linkcode before} said last, and of which day. */
  #known = { day: NaN, volumeQuote: 0 };

  /** Counts an amount traded at a moment. */
  add(timeMs: TimestampMs, notional: Notional): void {
    const day = Math.floor(timeMs / DAY_MS);
    if (day < this.#known.day) this.#known.day = NaN;
    while (this.#days.length > 0 && this.#days[0]!.day < day - VOLUME_DAYS) this.#days.shift();
    const known = this.#days.find((own) => own.day === day);
    if (known) known.notional = addNotional(known.notional, notional);
    else this.#days.push({ day, notional });
  }

  /** Quote units over the 30 whole days in UTC before the day of a moment: it changes at 00:00 UTC only. */
  before(timeMs: TimestampMs): number {
    const today = Math.floor(timeMs / DAY_MS);
    if (this.#known.day === today) return this.#known.volumeQuote;
    let sum = ZERO_NOTIONAL;
    for (const { day, notional } of this.#days) {
      if (day < today && day >= today - VOLUME_DAYS) sum = addNotional(sum, notional);
    }
    this.#known = { day: today, volumeQuote: notionalToNumber(sum) };
    return this.#known.volumeQuote;
  }
}
