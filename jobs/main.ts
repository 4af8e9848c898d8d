// The one program behind `deno task COMMAND`. A command's file is loaded only when that command is called, so
// `metrics` never loads DuckDB and `doctor` answers even where a native addon is missing.
import { type CommandEntry, run } from "./command_line.ts";

const commands: CommandEntry[] = [
  {
    name: "test",
    summary: "run the tests",
    load: async () => (await import("./commands/test.ts")).testCommand(),
  },
  {
    name: "check",
    summary: "check format, lint, types, imports and examples",
    load: async () => (await import("./commands/check.ts")).checkCommand(),
  },
  {
    name: "doctor",
    summary: "show settings, versions and what is missing",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand(),
  },
];

if (import.meta.main) Deno.exit(await run(commands, Deno.args));
