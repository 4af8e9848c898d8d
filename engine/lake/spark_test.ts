// SPARK=1 deno task test engine/lake/spark_test.ts: half a minute, so CI leaves it out. It needs Java and
// python3 -m venv data/.spark && data/.spark/bin/pip install pyspark==4.0.1
import assert from "node:assert/strict";
import { type CandleColumns, instrument } from "../market/mod.ts";
import { inTemporaryFolder } from "../testing/temporary_folder.ts";
import { SeededRandom, timeframe } from "../time/mod.ts";
import { Lake, storeCandles } from "./mod.ts";

const PYTHON = decodeURIComponent(new URL("../../data/.spark/bin/python3", import.meta.url).pathname);
const MINUTES = 60 * 24 * 75, SYMBOLS = ["BTC/USDT", "ETH/USDT"], FROM_MS = Date.UTC(2023, 11, 20);

/** Reads the lake's folder as it is, and prints hours of each symbol as JSON. */
const SCRIPT = `
import json, sys
from pyspark.sql import SparkSession, functions as f
spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
         .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "4").getOrCreate())
candles = spark.read.option("pathGlobFilter", "*.parquet").parquet(sys.argv[1] + "/candles")
hours = (candles.where("timeframe = '1m'").groupBy("symbol", f.date_trunc("hour", "open_time").alias("hour"))
         .agg(f.min_by("open", "open_time").alias("open"), f.max("high").alias("high"), f.min("low").alias("low"),
              f.max_by("close", "open_time").alias("close"), f.sum("volume").alias("volume"), f.count("*").alias("rows"))
         .orderBy("symbol", "hour"))
print(json.dumps([[r.symbol, int(r.hour.replace(tzinfo=__import__("datetime").timezone.utc).timestamp() * 1000), r.open, r.high, r.low, r.close,
                   r.volume, r.rows] for r in hours.collect()]))
`;

function minutes(symbol: string, seed: number): CandleColumns {
  const random = new SeededRandom(seed), columns = Array.from({ length: 6 }, () => new Float64Array(MINUTES));
  const [openTimeMs, open, high, low, close, volume] = columns as [
    ...[Float64Array, Float64Array, Float64Array],
    ...[Float64Array, Float64Array, Float64Array],
  ];
  for (let i = 0, price = 100; i < MINUTES; i++) {
    openTimeMs[i] = FROM_MS + i * 60_000;
    open[i] = price;
    close[i] = price *= 1 + (random.next() - 0.5) / 100;
    high[i] = Math.max(open[i]!, close[i]!) * (1 + random.next() / 1_000);
    low[i] = Math.min(open[i]!, close[i]!) * (1 - random.next() / 1_000);
    volume[i] = random.next() * 50;
  }
  const market = instrument({ exchange: "test", symbol });
  return {
    instrument: market,
    timeframe: timeframe("1m"),
    length: MINUTES,
    openTimeMs,
    open,
    high,
    low,
    close,
    volume,
  };
}

Deno.test({
  name: `Spark reads the lake and gets the same hours of ${SYMBOLS.length * MINUTES} minutes`,
  ignore: !Deno.env.get("SPARK"),
  fn: () =>
    inTemporaryFolder(async (root) => {
      for (const [i, symbol] of SYMBOLS.entries()) {
        await storeCandles(root, minutes(symbol, i + 1), { provider: "test", how: "fetch" });
      }
      const { success, stdout, stderr } = await new Deno.Command(PYTHON, { args: ["-c", SCRIPT, root] }).output();
      assert.ok(success, new TextDecoder().decode(stderr).slice(-2_000));
      const rows: [string, number, number, number, number, number, number, number][] = JSON.parse(
        new TextDecoder().decode(stdout),
      );
      assert.equal(rows.length, SYMBOLS.length * MINUTES / 60);
      const lake = new Lake(root);
      for (const symbol of SYMBOLS) {
        const market = instrument({ exchange: "test", symbol }), own = rows.filter(([name]) => name === symbol);
        const hours = await lake.resampled({ instrument: market, timeframe: timeframe("1m") }, timeframe("1h"));
        assert.equal(hours.length, own.length);
        for (const [i, [, time, open, high, low, close, volume, count]] of own.entries()) {
          const found = [hours.openTimeMs[i], hours.open[i], hours.high[i], hours.low[i], hours.close[i], 60];
          assert.deepEqual([time, open, high, low, close, count], found);
          // Spark adds in another order.
          assert.ok(Math.abs(volume - hours.volume[i]!) <= 1e-12 * volume, `${volume} and ${hours.volume[i]}`);
        }
      }
      await lake.close();
    }),
});
