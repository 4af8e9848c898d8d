// The candles that all workloads run on: a year of minutes, read from a peer's file or made here from a seed.
import { InputError } from "../../engine/errors/mod.ts";
import { type CandleColumns, instrument } from "../../engine/market/mod.ts";
import { fixedLengthMs, SeededRandom, timeframe } from "../../engine/time/mod.ts";

/** Which walk, and where it begins. */
export interface WalkOptions {
  readonly symbol: string;
  readonly timeframe: string;
  readonly priceQuote: number;
}

const EXCHANGE = "synthetic", FIRST_OPEN_MS = 1_600_000_020_000, YEAR = 525_600;
const MINUTES: WalkOptions = { symbol: "WALK/USDT", timeframe: "1m", priceQuote: 30_000 };

/** `walk.npy` as numpy writes it: a header of 128 bytes, then six rows of little-endian float64: time, open … volume. */
export async function readWalk(path: string): Promise<CandleColumns> {
  const bytes = await Deno.readFile(path);
  const header = new TextDecoder("latin1").decode(bytes.subarray(0, 128));
  const [, rows, length] = /'descr': '<f8', 'fortran_order': False, 'shape': \((\d+), (\d+)\)/.exec(header) ?? [];
  if (rows !== "6" || bytes.length !== 128 + 48 * Number(length)) {
    throw new InputError(
      "walk-file",
      `${path} is not an array of 6 rows of float64: write it again with the peers' walk.py`,
    );
  }
  const column = (row: number) => new Float64Array(bytes.buffer, 128 + row * Number(length) * 8, Number(length));
  return walk(MINUTES, column(0), column(1), column(2), column(3), column(4), column(5));
}

/**
 * A walk of our own, the same on every machine: each return is 0.0008 times a draw that is nearly normal (the sum of
 * twelve uniform ones, less six), wicks and volume are uniform.
 */
export function seededWalk(seed = 42, length = YEAR, other: Partial<WalkOptions> = {}): CandleColumns {
  const options = { ...MINUTES, ...other }, lengthMs = fixedLengthMs(timeframe(options.timeframe));
  const random = new SeededRandom(seed);
  const [time, open, high, low, close, volume] = Array.from({ length: 6 }, () => new Float64Array(length));
  for (let i = 0, last = options.priceQuote; i < length; i++) {
    let sum = -6;
    for (let k = 0; k < 12; k++) sum += random.next();
    time[i] = Math.ceil(FIRST_OPEN_MS / lengthMs) * lengthMs + i * lengthMs;
    open[i] = last;
    close[i] = last *= 1 + 0.0008 * sum;
    high[i] = Math.max(open[i], close[i]) * (1 + 0.0008 * random.next());
    low[i] = Math.min(open[i], close[i]) * (1 - 0.0008 * random.next());
    volume[i] = 20 * random.next();
  }
  return walk(options, time, open, high, low, close, volume);
}

function walk(
  { symbol, timeframe: length }: WalkOptions,
  ...[openTimeMs, open, high, low, close, volume]: Float64Array[]
): CandleColumns {
  const rows = openTimeMs.length;
  return {
    instrument: instrument({ exchange: EXCHANGE, symbol }),
    timeframe: timeframe(length),
    length: rows,
    openTimeMs,
    open,
    high,
    low,
    close,
    volume,
  };
}
