import { Command } from "commander";
import { InputError, UsageError } from "../../engine/errors/mod.ts";
import { KillSwitch } from "../../engine/live/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { answer, note } from "../output.ts";
import { dataDirAnyhow } from "../settings.ts";

interface Flags {
  readonly reason?: string;
  readonly flatten?: boolean;
  readonly clear?: boolean;
  readonly json?: boolean;
}

/** `kill`: stops all trading of the data folder, whatever else works or does not. */
export function killCommand(): Command {
  return new Command("kill")
    .description(
      "Stop all trading at once: nothing new is sent, what waits to open is taken back. It needs no service.",
    )
    .option("--reason <text>", "why, for those who ask (default: a person)")
    .option("--flatten", "close positions, too")
    .option("--clear", "let trading go on; halted accounts wait for deno task autopilot resume")
    .action(async ({ reason, flatten, clear, ...flags }: Flags) => {
      // Whoever wants something closed or stopped must not be the one who lets trading go on.
      if (clear && (flatten || reason !== undefined)) {
        throw new UsageError(`--clear lets trading go on: leave out ${flatten ? "--flatten" : "--reason"}, or --clear`);
      }
      const kill = new KillSwitch(dataDirAnyhow(note));
      if (clear) {
        if (!await kill.clear()) throw new InputError("kill", "the kill switch is not set");
        return answer(flags, { set: false }, () => "the kill switch is cleared");
      }
      await kill.set({ reason: reason ?? "a person", flatten: flatten ?? false, atMs: systemClock.now() });
      answer(flags, { set: true, path: kill.path }, () => `the kill switch is set: ${kill.path}`);
    });
}
