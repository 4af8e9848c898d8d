import { Command } from "commander";
import { type IndicatorEntry, INDICATORS } from "../../engine/indicators/mod.ts";
import { timeframe } from "../../engine/time/mod.ts";
import { answer, table } from "../output.ts";

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
  return command;
}

/** The entry as JSON; the warm-up is for the default parameters, in candles, of the last output to be known. */
function described({ build, ...entry }: IndicatorEntry) {
  const series = build(...entry.parameters.map((parameter) => parameter.default));
  return { ...entry, warmUp: Math.max(...series.map((output) => output.warmUpOn(timeframe("1h")))) };
}
