import assert from "node:assert/strict";
import { type CandleColumns, instrument } from "../market/mod.ts";
import { compileStream, evaluateColumns } from "../series/mod.ts";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";
import { timeframe } from "../time/mod.ts";
import { buildIndicator, INDICATORS } from "./mod.ts";

interface Golden {
  series: Record<"time_ms" | "open" | "high" | "low" | "close" | "volume", number[]>;
  indicators: {
    name: string;
    params: Record<string, number>;
    first_valid: Record<string, number>;
    outputs: Record<string, (number | null)[]>;
  }[];
}

function candlesOf({ series }: Golden): CandleColumns {
  const column = (name: keyof Golden["series"]) => Float64Array.from(series[name]);
  return {
    instrument: instrument({ exchange: "test", symbol: "BTC/USDT" }),
    timeframe: timeframe("1m"),
    length: series.close.length,
    openTimeMs: column("time_ms"),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
  };
}

/** Relative above 1, absolute below. */
const TOLERANCE = 1e-9;

const FILES: [file: string, values: number][] = [["indicators_btcusdt_1h", 42_000], [
  "indicators_ltcusd_1m_thin",
  12_600,
]];
for (const [file, count] of FILES) {
  Deno.test(`${file}: 16 calls of 14 indicators equal TA-Lib in columns and stream (${count} values to 1e-9)`, () => {
    const path = sharedPath(`goldens/${file}.json`);
    if (!requireOrSkip("goldens", path !== undefined, `${file}.json`)) return;
    const golden: Golden = JSON.parse(Deno.readTextFileSync(path!));
    const candles = candlesOf(golden);
    const known = new Set(INDICATORS.flatMap(({ aliases }) => aliases));
    let compared = 0, calls = 0;
    for (const call of golden.indicators.filter(({ name }) => known.has(name))) {
      const { slowk_matype: _k, slowd_matype: _d, matype: _m, ...params } = call.params;
      const { entry, outputs } = buildIndicator(call.name, params);
      const roots = outputs.map(({ series }) => series);
      const columns = evaluateColumns(roots, candles);
      const program = compileStream(roots, candles.timeframe, "BTC/USDT");
      const streamed = roots.map(() => new Float64Array(candles.length));
      for (let row = 0; row < candles.length; row++) {
        program.push(0, candles, row);
        streamed.forEach((values, i) => values[row] = program.values[i]!);
      }
      calls++;
      entry.outputs.forEach((output, i) => {
        const name = Object.keys(call.outputs).find((known) => [output.name, ...output.aliases].includes(known))!;
        call.outputs[name]!.forEach((wanted, row) => {
          const value = columns[i]![row]!;
          const where = `${call.name} ${JSON.stringify(call.params)} ${name}[${row}]`;
          assert.ok(Object.is(value, streamed[i]![row]!), `${where}: columns ${value}, stream ${streamed[i]![row]}`);
          if (wanted === null) assert.ok(Number.isNaN(value), `${where} is ${value}, not unknown`);
          else {assert.ok(
              Math.abs(value - wanted) <= TOLERANCE * Math.max(1, Math.abs(wanted)),
              `${where} is ${value}, not ${wanted}`,
            );}
          compared++;
        });
      });
    }
    assert.deepEqual([calls, compared], [16, count]);
  });
}
