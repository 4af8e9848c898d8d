// The candles that all workloads run on: a year of minutes, read from a peer's file or made here from a seed.
import { InputError } from "../../engine/errors/mod.ts";
import { type CandleColumns, instrument } from "../../engine/market/mod.ts";
import { SeededRandom, timeframe } from "../../engine/time/mod.ts";

const MARKET = { exchange: "synthetic", symbol: "WALK/USDT" };
const FIRST_OPEN_MS = 1_600_000_020_000, MINUTE_MS = 60_000, YEAR = 525_600;

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
  return walk(column(0), column(1), column(2), column(3), column(4), column(5));
}

/**
 * A walk of our own, the same on every machine: each return is 0.0008 times a draw that is nearly normal (the sum of
 * twelve uniform ones, less six), wicks and volume are uniform.
 */
export function seededWalk(seed = 42, length = YEAR): CandleColumns {
  const random = new SeededRandom(seed);
  const [time, open, high, low, close, volume] = Array.from({ length: 6 }, () => new Float64Array(length));
  for (let i = 0, last = 30_000; i < length; i++) {
    let sum = -6;
    for (let k = 0; k < 12; k++) sum += random.next();
    time[i] = FIRST_OPEN_MS + i * MINUTE_MS;
    open[i] = last;
    close[i] = last *= 1 + 0.0008 * sum;
    high[i] = Math.max(open[i], close[i]) * (1 + 0.0008 * random.next());
    low[i] = Math.min(open[i], close[i]) * (1 - 0.0008 * random.next());
    volume[i] = 20 * random.next();
  }
  return walk(time, open, high, low, close, volume);
}

function walk(...[openTimeMs, open, high, low, close, volume]: Float64Array[]): CandleColumns {
  const length = openTimeMs.length;
  return {
    instrument: instrument(MARKET),
    timeframe: timeframe("1m"),
    length,
    openTimeMs,
    open,
    high,
    low,
    close,
    volume,
  };
}
