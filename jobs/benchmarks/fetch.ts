import { SeededMarket, startLoopbackExchange } from "../../engine/exchanges/mod.ts";
import { MINUTE_MS, parseTimestamp, SimulatedClock } from "../../engine/time/mod.ts";
import { note } from "../output.ts";
import { readSettings } from "../settings.ts";
import type { Row, Workload } from "./workload.ts";

const SYMBOLS = Array.from({ length: 20 }, (_, i) => `C${String(i + 1).padStart(2, "0")}/USDT`);
const FROM = "2024-01-01", TO = "2025-01-01";

/**
 * A year of minutes of twenty markets through `candles fetch`, as its user starts it, from the loopback exchange, which
 * counts Binance's limit strictly: so much weight in each minute of the clock, and a violation for each request above it.
 */
export const fetchWorkload: Workload = {
  name: "fetch",
  async run() {
    const from = parseTimestamp(FROM), to = parseTimestamp(TO);
    const markets = SYMBOLS.map((symbol) => new SeededMarket({ symbol, seed: 1, listedAtMs: from, startPrice: 100 }));
    const exchange = startLoopbackExchange({ markets, clock: new SimulatedClock(to) });
    const { dataDir } = readSettings().values;
    await Deno.mkdir(dataDir, { recursive: true });
    const folder = await Deno.makeTempDir({ dir: dataDir, prefix: "bench_" });
    try {
      const { weightPerWindow, windowMs } = exchange.limit;
      note(`${exchange.url} allows a weight of ${weightPerWindow} in each ${windowMs / 1_000} s`);
      const startMs = performance.now(), candles = await fetched(exchange.url, folder);
      const seconds = (performance.now() - startMs) / 1_000, due = SYMBOLS.length * (to - from) / MINUTE_MS;
      const { windows, violations, admittedWeight } = exchange.limit;
      // The first and the last minute hold a part of the fetch only.
      const whole = windows.slice(1, -1).map(({ weight }) => weight);
      const mean = whole.reduce((sum, weight) => sum + weight, 0) / whole.length;
      note(`weight by minutes: ${windows.map(({ weight }) => weight).join(", ")}`);
      return [
        row("violations", violations, "requests"),
        row("rate_percent_of_limit", 100 * mean / weightPerWindow, "%", true),
        row("slowest_minute_percent_of_limit", 100 * Math.min(...whole) / weightPerWindow, "%", true),
        row("weight", admittedWeight, "weight"),
        row("missing_candles", due - candles, "candles"),
        row("candles_per_second", candles / seconds, "1/s", true),
        row("seconds", seconds, "s"),
      ];
    } finally {
      await exchange.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
};

function row(figure: string, ours: number, unit: string, moreIsBetter = false): Row {
  return { workload: "fetch", figure, ours, unit, moreIsBetter };
}

/** Candles that a fetch of all markets into an empty lake has added. */
async function fetched(url: string, dataDir: string): Promise<number> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["task", "--quiet", "candles", "fetch", "--json", "--exchange", "loopback", "--exchange-url", url],
      ...SYMBOLS.flatMap((symbol) => ["--symbol", symbol]),
      ...["--timeframe", "1m", "--from", FROM, "--to", TO],
    ],
    env: { CRYPTO_TRADER_DATA_DIR: dataDir, DATABASE_URL: "", REDIS_URL: "", NO_COLOR: "1" },
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("the fetch has failed: see above");
  return JSON.parse(new TextDecoder().decode(stdout)).added;
}
