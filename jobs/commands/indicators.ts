import { Command } from "commander";
import { findIndicator, type IndicatorEntry, INDICATORS } from "../../engine/indicators/mod.ts";
import { Lake } from "../../engine/lake/mod.ts";
import { formatTimestamp, timeframe, type TimestampMs } from "../../engine/time/mod.ts";
import { indicatorValues } from "../indicator_values.ts";
import { lakePlace } from "../lake_place.ts";
import { answer, table } from "../output.ts";
import { parameter, type Parameters } from "../parameters.ts";
import { readSettings } from "../settings.ts";

/** `indicators`: what there is. */
export function indicatorsCommand(): Command {
  const command = new Command("indicators").description(
    "List the indicators, or compute one over candles of the lake.",
  );
  command.command("list")
    .description("List the indicators with their parameters, defaults and outputs.")
    .action((options) =>
      answer(options, INDICATORS.map(described), () =>
        table(
          ["name", "parameters", "outputs", "what it is", "source"],
          INDICATORS.map(({ name, parameters, outputs, summary, source }) => [
            name,
            parameters.map((parameter) => `${parameter.name}=${parameter.default}`).join(" "),
            outputs.map((output) => output.name).join(" "),
            summary,
            source,
          ]),
        ))
    );
  command.command("compute")
    .description("Compute an indicator over candles of the lake, from the first candle there is.")
    .argument("<name>", "an indicator's name, as in rsi or BBANDS")
    .requiredOption("--symbol <symbol>", "as in BTC/USDT")
    .requiredOption("--timeframe <timeframe>", "as in 1h")
    .option("--exchange <name>", "needed where several have the market")
    .option("--from <time>", "first open time that is shown")
    .option("--to <time>", "time at which to end, not included")
    .option("--param <name=value...>", "parameter of the indicator", parameter)
    .action(compute);
  return command;
}

interface ComputeFlags {
  json?: boolean;
  symbol: string;
  timeframe: string;
  exchange?: string;
  from?: string;
  to?: string;
  param?: Parameters;
}

async function compute(name: string, { json, exchange, param, ...flags }: ComputeFlags): Promise<void> {
  findIndicator(name);
  const settings = readSettings().values;
  const lake = new Lake(lakePlace(settings.dataDir));
  const values = await indicatorValues(lake, {
    ...flags,
    name,
    parameters: param ?? {},
    exchange: exchange ?? settings.exchange ?? await lake.exchangeOf(flags.symbol, flags.timeframe),
  });
  lake.close();
  const lines = Object.entries(values.outputs);
  answer({ ...(json ? { json } : {}) }, values, () =>
    table(
      ["open time", ...lines.map(([output]) => output)],
      values.openTimeMs.map((time, row) => [
        formatTimestamp(time as TimestampMs),
        ...lines.map(([, line]) => line[row] ?? "–"),
      ]),
    ));
}

/** The entry as JSON; the warm-up is for the default parameters, in candles, of the last output to be known. */
function described({ build, ...entry }: IndicatorEntry) {
  const series = build(...entry.parameters.map((parameter) => parameter.default));
  return { ...entry, warmUp: Math.max(...series.map((output) => output.warmUpOn(timeframe("1h")))) };
}
