import { Command } from "commander";
import { answer, table } from "../output.ts";

/** `doctor`: what this machine has. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("Show versions, and what is there.")
    .action((options) => {
      const versions = { deno: Deno.version.deno, v8: Deno.version.v8, typescript: Deno.version.typescript };
      answer(options, { versions }, () => table(["what", "version"], Object.entries(versions)));
    });
}
