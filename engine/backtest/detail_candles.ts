import { InputError } from "../errors/mod.ts";
import { type CandleColumns, resample } from "../market/mod.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import type { CandleGroup } from "../trader/mod.ts";
import { CandleGroups } from "./candle_groups.ts";

/**
 * The finer candles inside those of a run: orders meet them one after the other, so that their order in time is known
 * where a single candle leaves it open. Decisions are still taken on the run's own candles.
 */
export class DetailCandles {
  readonly #groups: CandleGroups;
  #untilMs = 0;

  /** @param columns One per instrument number, all of one timeframe finer than the run's. */
  constructor(readonly columns: readonly CandleColumns[]) {
    this.#groups = new CandleGroups(columns);
  }

  /** The finer candles that {@linkcode advance} has reached. */
  get group(): CandleGroup {
    return this.#groups.group;
  }

  /**
   * Begins with the finer candles of a group.
   *
   * @throws {InputError} `detail` when a candle of the group has none: what happened in it cannot be told.
   */
  begin(base: CandleGroup): void {
    this.#untilMs = base.closeTimeMs;
    this.#groups.seek(base.openTimeMs[0]!);
    for (let row = 0; row < base.count; row++) {
      const own = this.columns[base.instrument[row]!]!;
      const next = this.#groups.nextOpenTimeMs(base.instrument[row]!);
      // A symbol that is only read has no orders and no finer candles.
      if (next < base.closeTimeMs || own.length === 0) continue;
      throw new InputError(
        "detail",
        `there are no ${own.timeframe} candles of ${own.instrument.id} in the candle of ${
          formatTimestamp(base.openTimeMs[row] as TimestampMs)
        }: import them, narrow the range, or run without detail`,
      );
    }
  }

  /** Goes to the next finer candles of the group; false at its end. */
  advance(): boolean {
    return this.#groups.advance(this.#untilMs);
  }
}

/**
 * How many of a run's candles are not what the finer ones within them add up to: first open, extremes, last close. Two
 * sources that disagree make fills that the run's own candles cannot justify.
 */
export function contradictionsOf(base: CandleColumns, detail: CandleColumns): number {
  const summed = resample(detail, base.timeframe);
  let count = 0;
  for (let row = 0, other = 0; row < base.length; row++) {
    while (other < summed.length && summed.openTimeMs[other]! < base.openTimeMs[row]!) other++;
    if (other === summed.length) break;
    if (summed.openTimeMs[other] !== base.openTimeMs[row]) continue;
    const agrees = PRICES.every((name) => summed[name][other] === base[name][row]);
    if (!agrees) count++;
  }
  return count;
}

const PRICES = ["open", "high", "low", "close"] as const;
