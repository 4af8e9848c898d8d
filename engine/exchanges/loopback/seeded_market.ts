import type { Candle } from "../../market/mod.ts";
import { DAY_MS, hashText, MINUTE_MS, SeededRandom, type TimestampMs } from "../../time/mod.ts";
import type { LoopbackMarket } from "./loopback_market.ts";

/** What a seeded market is like. */
export interface SeededMarketOptions {
  readonly symbol: string;
  readonly seed: number;
  /** Midnight, UTC. */
  readonly listedAtMs: TimestampMs;
  readonly startPrice: number;
  /** Digits after the point of prices and of quantities. */
  readonly priceDecimals?: number;
  readonly lotDecimals?: number;
  /** Share of its moves that it has in common with all markets of the seed. */
  readonly correlation?: number;
}

const MINUTES_PER_DAY = 1_440, DAYS_KEPT = 8;
/** Standard deviation of a minute's return in a calm, a usual and a wild regime, and how likely a day changes it. */
const REGIMES = [0.0003, 0.0007, 0.0016], REGIME_CHANGES = 0.12;
/** Today's variance keeps so much of the last minute's, and takes so much of its squared return. */
const VARIANCE_KEPT = 0.9, VARIANCE_TAKEN = 0.08;
/** A jump is so rare, in minutes, and so large, in deviations. */
const JUMP_EVERY = 3_000, JUMP_DEVIATIONS = 10;

/** Where a day begins. */
interface DayState {
  readonly price: number;
  readonly variance: number;
  readonly regime: number;
}

/**
 * A market from a seed: regimes of volatility, clusters of it, jumps, and moves in common with the seed's other markets. The
 * same options give the same minutes on every machine; they are made day by day, from the listing on.
 */
export class SeededMarket implements LoopbackMarket {
  readonly symbol: string;
  readonly tick: string;
  readonly lot: string;
  readonly minNotional = "5";
  readonly listedAtMs: TimestampMs;
  readonly endsAtMs = Infinity;
  readonly #options: Required<SeededMarketOptions>;
  /** The states of the days that are known, the first one first. */
  readonly #days: DayState[];
  readonly #made = new Map<number, readonly Candle[]>();

  constructor(options: SeededMarketOptions) {
    const full = this.#options = { priceDecimals: 2, lotDecimals: 5, correlation: 0.6, ...options };
    this.symbol = full.symbol;
    this.tick = stepOf(full.priceDecimals);
    this.lot = stepOf(full.lotDecimals);
    this.listedAtMs = full.listedAtMs;
    this.#days = [{ price: full.startPrice, variance: REGIMES[1]! ** 2, regime: 1 }];
  }

  minute(openTimeMs: number): Candle | null {
    const day = Math.floor((openTimeMs - this.listedAtMs) / DAY_MS);
    if (day < 0) return null;
    return this.#day(day)[Math.floor((openTimeMs - this.listedAtMs) % DAY_MS / MINUTE_MS)]!;
  }

  #day(day: number): readonly Candle[] {
    let minutes = this.#made.get(day);
    if (minutes !== undefined) return minutes;
    for (let earlier = this.#days.length - 1; earlier < day; earlier++) this.#make(earlier);
    minutes = this.#make(day);
    this.#made.set(day, minutes);
    if (this.#made.size > DAYS_KEPT) this.#made.delete(this.#made.keys().next().value!);
    return minutes;
  }

  #make(day: number): Candle[] {
    const { seed, symbol, correlation, priceDecimals, lotDecimals } = this.#options;
    const common = new SeededRandom(hashText(`${seed}/${day}`)),
      own = new SeededRandom(hashText(`${seed}/${symbol}/${day}`));
    const start = this.#days[day]!, alone = Math.sqrt(1 - correlation * correlation);
    const regime = own.next() < REGIME_CHANGES ? Math.floor(own.next() * REGIMES.length) : start.regime;
    const usual = REGIMES[regime]! * REGIMES[regime]!, minutes: Candle[] = [];
    let { price, variance } = start;
    for (let i = 0; i < MINUTES_PER_DAY; i++) {
      const deviation = Math.sqrt(variance);
      const jump = own.next() * JUMP_EVERY < 1 ? JUMP_DEVIATIONS * (own.next() - 0.5) * 2 : 0;
      const change = deviation * (correlation * normal(common) + alone * normal(own) + jump);
      variance = (1 - VARIANCE_KEPT - VARIANCE_TAKEN) * usual + VARIANCE_KEPT * variance +
        VARIANCE_TAKEN * change * change;
      const open = rounded(price, priceDecimals),
        end = price * Math.max(0.5, 1 + change),
        close = rounded(end, priceDecimals);
      const up = rounded(Math.max(price, end) * (1 + deviation * own.next()), priceDecimals);
      const down = rounded(Math.min(price, end) * (1 - deviation * own.next()), priceDecimals);
      const volume = (0.2 + own.next()) * (1 + Math.abs(change) / REGIMES[1]!) * 200_000 / price;
      minutes.push({
        openTimeMs: this.listedAtMs + day * DAY_MS + i * MINUTE_MS as TimestampMs,
        open,
        high: Math.max(up, open, close),
        low: Math.min(down, open, close),
        close,
        volume: rounded(volume, lotDecimals),
      });
      price = end;
    }
    this.#days[day + 1] ??= { price, variance, regime };
    return minutes;
  }
}

/** Nearly normal: four uniform numbers, scaled; exact operations only, so that every machine draws the same. */
function normal(random: SeededRandom): number {
  return (random.next() + random.next() + random.next() + random.next() - 2) * 1.7320508075688772;
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

function stepOf(decimals: number): string {
  return decimals === 0 ? "1" : `0.${"0".repeat(decimals - 1)}1`;
}
