import { Command } from "commander";
import { Lake, readFills } from "../../engine/lake/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { type SlippageFit, slippageFromFills } from "../../engine/simulator/mod.ts";
import { timeframe } from "../../engine/time/mod.ts";
import { lakePlace } from "../lake_place.ts";
import { answer } from "../output.ts";
import { readSettings } from "../settings.ts";

interface Flags {
  json?: boolean;
  symbol: string;
  timeframe: string;
  exchange?: string;
}

/** `slippage`: a slippage model from fills that were recorded. */
export function slippageCommand(): Command {
  return new Command("slippage")
    .description(
      "Fit a slippage model to recorded fills: fills.parquet of a run, or a table of an exchange or a session.",
    )
    .argument("<file>", "columns time, side, quantity, price; where known referencePrice, liquidity, instrument")
    .requiredOption("--symbol <symbol>", "market whose fills are meant, as in BTC/USDT")
    .requiredOption("--timeframe <timeframe>", "candles by whose volume and range the model measures, as in 1h")
    .option("--exchange <name>", "needed where several have the market")
    .action(fit);
}

async function fit(file: string, { symbol, timeframe: length, ...flags }: Flags): Promise<void> {
  const settings = readSettings().values, lake = new Lake(lakePlace(settings.dataDir));
  try {
    const exchange = flags.exchange ?? settings.exchange ?? await lake.exchangeOf(symbol, length);
    const fills = await readFills(file, symbol);
    const candles = await lake.candles({ instrument: instrument({ exchange, symbol }), timeframe: timeframe(length) });
    const fitted = slippageFromFills(fills, candles);
    answer(flags, fitted, () => textOf(fitted));
  } finally {
    await lake.close();
  }
}

function textOf({ slippage, fills, leftOut, meanBps, residualBps }: SlippageFit): string {
  return [
    `${fills} fills slipped ${meanBps.toFixed(2)} basis points on average` +
    (leftOut > 0 ? ` (${leftOut} left out: makers, or no candle that traded)` : ""),
    `the model leaves ${residualBps.toFixed(2)} basis points unexplained (root mean square)`,
    `for the costs of a run spec: "slippage": ${JSON.stringify(slippage)}`,
  ].join("\n");
}
