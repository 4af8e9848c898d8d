import assert from "node:assert/strict";
import { candleColumns, instrument } from "./market/mod.ts";
import { slippageFromFills, slippageOf, type SlippageSpec } from "./simulator/mod.ts";
import { buyAndHold } from "./strategies/mod.ts";
import { assertClose } from "./testing/assert_close.ts";
import { inTemporaryFolder } from "./testing/temporary_folder.ts";
import { formatTimestamp, timeframe, type TimestampMs } from "./time/mod.ts";
import { backtest, fittedSlippage } from "./workbench.ts";
import { readFills, runFolder, writeRun } from "./lake/mod.ts";

const HOUR = 3_600_000, START = Date.UTC(2024, 0, 1);
const btc = instrument({ exchange: "binance", symbol: "BTC/USDT" });
const hours = candleColumns(
  btc,
  timeframe("1h"),
  Array.from({ length: 60 }, (_, i) => ({
    openTimeMs: START + i * HOUR as TimestampMs,
    open: 100 + i,
    high: 103 + i,
    low: 98 + i - i % 3,
    close: 101 + i,
    volume: 400 + 10 * i,
  })),
);
const MADE: SlippageSpec = { kind: "square-root", halfSpreadBps: 3, coefficient: 0.6 };

/** A fill in each hour, slipped by the model against its reference price. */
function fillTable(reference: (row: number) => number, lines = 60): string[] {
  const { model } = slippageOf(MADE);
  return Array.from({ length: lines }, (_, row) => {
    const quantity = 1 + row * 2, side = row % 2 === 0 ? "BUY" : "sell";
    const worse = model({ quantity, high: hours.high[row]!, low: hours.low[row]!, volume: hours.volume[row]! });
    const price = reference(row) * (side === "BUY" ? 1 + worse : 1 - worse);
    return `${formatTimestamp(START + row * HOUR + 60_000 as TimestampMs)},BTCUSDT,${side},${price},${quantity}`;
  });
}
const inFile = async (lines: readonly string[], work: (path: string) => Promise<void>) =>
  await inTemporaryFolder(async (folder) => {
    const path = `${folder}/session.csv`;
    await Deno.writeTextFile(path, lines.join("\n"));
    await work(path);
  });

Deno.test("a table of recorded fills becomes the model that made them, from the open of their candles where no reference stands", async () => {
  const other = "2024-01-01 00:01,ETHUSDT,buy,9999,1", maker = "2024-01-01 00:01,BTCUSDT,buy,1,1";
  await inFile(["time,symbol,side,price,qty", other, ...fillTable((row) => hours.open[row]!)], async (path) => {
    const { slippage, fills, leftOut, residualBps } = await fittedSlippage(path, hours);
    assert.deepEqual([slippage.kind, fills, leftOut], ["square-root", 60, 0]);
    const { halfSpreadBps, coefficient } = slippage as Extract<SlippageSpec, { kind: "square-root" }>;
    assertClose(halfSpreadBps, 3, "half spread", 1e-6);
    assertClose(coefficient, 0.6, "coefficient", 1e-6);
    assert.ok(residualBps < 1e-6);
  });
  const withReference = fillTable(() => 50).map((line) => `${line},50,taker`);
  await inFile(
    ["time,symbol,side,price,qty,mid,liquidity", ...withReference, `${maker},50,maker`],
    async (path) => {
      const { slippage, leftOut } = await fittedSlippage(path, hours);
      assertClose((slippage as { coefficient: number }).coefficient, 0.6, "coefficient", 1e-6);
      assert.equal(leftOut, 1, "what waited for its price does not slip");
    },
  );
});

Deno.test("the fills of a run give back the slippage that the run was made with", async () => {
  await inTemporaryFolder(async (folder) => {
    const fills = [];
    for (const fraction of [0.05, 0.2, 0.6, 0.9]) {
      const run = await backtest(buyAndHold, hours, {
        slippage: MADE,
        cash: 5_000,
        sizing: { kind: "equity-fraction", fraction },
      });
      await writeRun(folder, run);
      fills.push(...await readFills(`${runFolder(folder, run.manifest.run.hash)}/fills.parquet`, "BTC/USDT"));
    }
    const { slippage, fills: count } = slippageFromFills(fills, hours);
    assert.equal(count, 4);
    assertClose((slippage as { coefficient: number }).coefficient, 0.6, "coefficient", 1e-4);
    assertClose((slippage as { halfSpreadBps: number }).halfSpreadBps, 3, "half spread", 1e-3);
  });
});

Deno.test("a fill file that cannot be read is refused with the column or the line (6 cases)", async () => {
  const head = "time,side,price,quantity", fill = "2024-01-01T00:01,buy,100,1";
  const cases: [string[], RegExp][] = [
    [["time,side,price", "2024-01-01,buy,100"], /session.csv has no column quantity: name it quantity or qty/],
    [[head, fill, "2024-01-01T00:01,both,100,1"], /line 3 of session.csv: side "both" is not buy or sell/],
    [[head, "2024-01-01T00:01,buy,-1,1"], /line 2 .*: price "-1" is not a number above 0/],
    [[head, "yesterday,buy,1,1"], /line 2 .*: time "yesterday" is not a time/],
    [[head, fill], /1 fills do not show how slippage grows/],
  ];
  await assert.rejects(() => fittedSlippage("no-such.csv", hours), /there is no file no-such.csv/);
  for (const [lines, message] of cases) {
    await inFile(lines, (path) => assert.rejects(() => fittedSlippage(path, hours), message));
  }
});
