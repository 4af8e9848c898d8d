import { Command, Option } from "commander";
import { readGivenLine } from "../given_line.ts";
import { answer } from "../output.ts";
import { adoptSettings } from "../settings.ts";
import { LIVE_MODES, type LiveMode } from "../trading/live_wish.ts";

interface Flags {
  readonly session: string;
  readonly mode?: LiveMode;
  readonly given?: boolean;
  readonly supervised?: boolean;
  readonly json?: boolean;
}

/** `trade`: the process that trades a session; `autopilot` and `start` run it. */
export function tradeCommand(): Command {
  return new Command("trade")
    .description("Trade a session of the journal until it is stopped; autopilot start begins one and runs this.")
    .requiredOption("--session <id>", "the session")
    .addOption(new Option("--mode <mode>", "at most this, at a venue").choices(LIVE_MODES))
    .option("--given", "settings, and the key of an account, come first on standard input")
    .option("--supervised", "end when standard input does, as with the process that has started this one")
    .action(async ({ session, mode, given, supervised, ...flags }: Flags) => {
      if (given) adoptSettings(await readGivenLine(Deno.stdin));
      const { tradeSession } = await import("../trading/trading_process.ts");
      const reason = await tradeSession(session, mode ?? null, supervised ?? false);
      if (!reason.startsWith("stopped")) Deno.exitCode = 1;
      answer(flags, { session, reason }, () => `session ${session} has ended: ${reason}`);
    });
}
