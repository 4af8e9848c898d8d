import { Command } from "commander";
import configuration from "../../deno.json" with { type: "json" };
import { type Origin, settingNames, settingText } from "../../engine/settings/mod.ts";
import { parts } from "../health.ts";
import { answer, table } from "../output.ts";
import { serviceParts } from "../service_health.ts";
import { readSettings } from "../settings.ts";

/** `doctor`: what this machine has, what it lacks, and where each setting comes from. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("Show the settings and where each comes from, versions, and what is there or missing.")
    .action(async (options) => {
      const { values, origins } = readSettings();
      const settings = settingNames.map((name) => ({
        name,
        value: values[name],
        origin: origins[name],
        means: settingText(name).means,
      }));
      const versions = { engine: configuration.version, deno: Deno.version.deno, v8: Deno.version.v8 };
      const found = [...parts(values), ...await serviceParts(values)];
      answer(options, { versions, settings, parts: found }, () =>
        [
          table(["version", ""], Object.entries(versions)),
          table(
            ["setting", "value", "from", "means"],
            settings.map(({ name, value, origin, means }) => [name, String(value), placeOf(origin), means]),
          ),
          table(
            ["part", "", "what", "what to do"],
            found.map(({ name, found, detail, remedy = "" }) => [name, found ? "there" : "missing", detail, remedy]),
          ),
        ].join("\n\n"));
    });
}

function placeOf(origin: Origin): string {
  return origin.kind === "default" ? "default" : `${origin.kind} ${origin.place}`;
}
