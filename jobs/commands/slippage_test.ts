import assert from "node:assert/strict";
import { slippageOf } from "../../engine/simulator/mod.ts";
import { programOn } from "../testing/program.ts";

const HOUR_MS = 3_600_000, START_MS = Date.UTC(2024, 0, 1), HOURS = 40;

const program = (dataDir: string, ...args: string[]) => programOn(dataDir)(...args);

Deno.test("slippage fits an exchange's export to the candles of the lake, in words and as JSON for a run spec", async () => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "slippage_test_" }), inputs = await Deno.makeTempDir();
  try {
    const { model } = slippageOf({ kind: "square-root", halfSpreadBps: 4, coefficient: 0.5 });
    const candles = ["time,open,high,low,close,volume"], fills = ["time,pair,side,price,executed"];
    for (let i = 0; i < HOURS; i++) {
      const timeMs = START_MS + i * HOUR_MS, quantity = 1 + i;
      candles.push(`${timeMs},100,103,98,101,500`);
      const price = 100 * (1 + model({ quantity, high: 103, low: 98, volume: 500 }));
      fills.push(`${new Date(timeMs + 1000).toISOString()},BTC-USDT,BUY,${price},${quantity}`);
    }
    await Deno.writeTextFile(`${inputs}/BTCUSDT_1h.csv`, candles.join("\n"));
    await Deno.writeTextFile(`${inputs}/trades.csv`, fills.join("\n"));
    const market = ["--symbol", "BTC/USDT", "--timeframe", "1h"];
    const imported = await program(dataDir, "candles", "import", `${inputs}/BTCUSDT_1h.csv`, "--exchange", "test");
    assert.equal(imported.code, 0, imported.stderr);
    const json = await program(dataDir, "slippage", `${inputs}/trades.csv`, ...market, "--json");
    const { slippage, fills: count } = JSON.parse(json.stdout);
    assert.deepEqual([slippage.kind, count], ["square-root", HOURS]);
    assert.ok(Math.abs(slippage.halfSpreadBps - 4) < 1e-6 && Math.abs(slippage.coefficient - 0.5) < 1e-8);
    const text = await program(dataDir, "slippage", `${inputs}/trades.csv`, ...market);
    assert.match(text.stdout, /40 fills slipped [^]* "slippage": \{"kind":"square-root"/);
    const missing = await program(dataDir, "slippage", `${inputs}/none.csv`, ...market);
    assert.deepEqual([missing.code, missing.stdout], [1, ""]);
    assert.match(missing.stderr, /there is no file .*none.csv: check the path/);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
    await Deno.remove(inputs, { recursive: true });
  }
});
