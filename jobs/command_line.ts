// What every command shares: --json and --debug, help, suggestions, one sentence per error, and the exit status.
import { Command, CommanderError } from "commander";
import { isCodedError, UsageError } from "../engine/errors/mod.ts";
import { interruption, listenForInterruption } from "./interruption.ts";
import { note } from "./output.ts";

/** A command as the program knows it before its file is loaded: `walk-forward` is made by the file's `walkForwardCommand`. */
export type CommandEntry = readonly [name: string, summary: string, file: () => Promise<Record<string, () => Command>>];

/** Statuses of the process. */
const EXIT = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const;

/** Runs the command that `args` names; gives the status with which the process has to end. */
export async function run(entries: readonly CommandEntry[], args: readonly string[]): Promise<number> {
  listenForInterruption();
  try {
    await (await program(entries, args[0])).parseAsync([...args], { from: "user" });
    return interruption.aborted ? EXIT.interrupted : Number(Deno.exitCode);
  } catch (error) {
    return statusOf(error, args.includes("--debug"));
  }
}

async function program(entries: readonly CommandEntry[], wanted: string | undefined): Promise<Command> {
  const root = new Command("deno task").usage("COMMAND [options]").helpCommand(false).exitOverride()
    .description("Crypto Trader: research, backtest and trade. Each command answers --help.");
  for (const [name, summary, file] of entries) {
    const command = name === wanted ? (await file())[makerOf(name)]() : new Command(name);
    root.addCommand(completed(command.description(command.description() || summary), root));
  }
  return root;
}

function makerOf(name: string): string {
  return `${name.replace(/-[a-z]/g, (dash) => dash[1].toUpperCase())}Command`;
}

/** The command and its subcommands, with the options and the error handling that all of them have. */
function completed(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) completed(child, command);
  if (command.commands.length > 0) return command.helpCommand(false);
  return command
    .option("--json", "print one JSON document on standard output, everything else on standard error")
    .option("--debug", "show the stack of an error");
}

function statusOf(error: unknown, debug: boolean): number {
  if (interruption.aborted) {
    note("interrupted: what was done is kept");
    return EXIT.interrupted;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUse; // it has printed already
  if (error instanceof Deno.errors.NotCapable) {
    note(`error: ${denied(error.message)}`);
    return EXIT.failed;
  }
  const lost = databaseText(error);
  if (lost !== null) {
    note(`error: ${lost}`);
    return EXIT.failed;
  }
  const message = error instanceof Error ? error.message : String(error);
  note(`error: ${message}${isCodedError(error) || debug ? "" : " (unexpected: run again with --debug)"}`);
  if (debug && error instanceof Error) note(error.stack ?? "");
  return error instanceof UsageError ? EXIT.wrongUse : EXIT.failed;
}

/** What the runtime refused, in words of whoever named the path: most often one that lies elsewhere. */
function denied(message: string): string {
  const [, kind, path] = /^Requires (read|write) access to "(.*?)"/.exec(message) ?? [];
  const widen = "widen this task's permission set in deno.json if that is meant";
  if (path === undefined) return `${message.split(", ")[0]}: ${widen}`;
  return `this task may not ${kind} ${path}: name a place below the data folder (data/…), or ${widen}`;
}

/** What a person does about a database that is away or does not let this program in; null for any other error. */
function databaseText(error: unknown): string | null {
  const code = String((error as { code?: unknown })?.code), message = (error as Error)?.message;
  if (code === "ECONNREFUSED" || code === "CONNECT_TIMEOUT" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return `the database does not answer (${message}): start it, or look at DATABASE_URL`;
  }
  if (code !== "28P01" && code !== "28000") return null;
  return `the database does not let this program in (${message}): look at DATABASE_URL, or where there is none at ` +
    "data/db/password, which a backup of the data folder has";
}
