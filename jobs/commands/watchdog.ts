import { Command, Option } from "commander";
import { readGivenLine } from "../given_line.ts";
import { answer } from "../output.ts";
import { adoptSettings } from "../settings.ts";
import { LIVE_MODES, type LiveMode } from "../trading/live_wish.ts";

interface Flags {
  readonly mode?: LiveMode;
  readonly given?: boolean;
  readonly supervised?: boolean;
  readonly json?: boolean;
}

/** `watchdog`: the process that watches a session; `autopilot` and `start` run it beside the one that trades. */
export function watchdogCommand(): Command {
  return new Command("watchdog")
    .description("See that each position of a session has its stop, and close it where nobody who leads does.")
    .argument("<session>", "the session")
    .addOption(new Option("--mode <mode>", "at most this, at a venue").choices(LIVE_MODES))
    .option("--given", "settings, and the key of an account, come first on standard input")
    .option("--supervised", "end when standard input does, as with the process that has started this one")
    .action(async (session: string, { mode, given, supervised, ...flags }: Flags) => {
      if (given) adoptSettings(await readGivenLine(Deno.stdin));
      const { watchSession } = await import("../trading/watchdog_process.ts");
      const reason = await watchSession(session, mode ?? null, supervised ?? false);
      answer(flags, { session, reason }, () => `the watchdog of session ${session} has ended: ${reason}`);
    });
}
