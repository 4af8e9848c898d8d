import { Command } from "commander";
import { checkLedger, type LedgerCheck, readTrials } from "../../engine/lake/mod.ts";
import { familyName } from "../../engine/research/mod.ts";
import { answer } from "../output.ts";
import { readSettings } from "../settings.ts";
import { countedIn } from "../trial_counting.ts";

interface Flags {
  json?: boolean;
}

/** `ledger`: the trials that were made, and whether their record can be believed. */
export function ledgerCommand(): Command {
  const command = new Command("ledger").description("List the trials of the ledger by family, and verify its rows.");
  command.command("list").description("Each family of trials, with its count.").action(list);
  command.command("verify").description("Find rows that were deleted, edited or moved.").action(verify);
  return command;
}

function path(): string {
  const { dataDir, ledger } = readSettings().values;
  return countedIn(dataDir, ledger).ledger;
}

async function list(flags: Flags): Promise<void> {
  const families = Map.groupBy(await readTrials(path()), ({ family }) => familyName(family));
  const rows = Array.from(families, ([, trials]) => ({ ...trials[0]!.family, trials: trials.length }));
  answer(flags, { families: rows }, () => rows.map((row) => `${familyName(row)}: ${row.trials} trials`).join("\n"));
}

async function verify(flags: Flags): Promise<void> {
  const { trials, ...check } = await checkLedger(path());
  if (check.faults.length > 0) Deno.exitCode = 1;
  answer(flags, { ...check, trials: trials.length }, () => textOf({ trials, ...check }));
}

function textOf({ path, trials, tip, faults, interrupted }: LedgerCheck): string {
  return [
    `${path}: ${tip.sequence} rows, ${trials.length} trials`,
    ...faults.map(({ message }) => `· ${message}`),
    ...(interrupted ? ["· a process was killed while it wrote a row: the next append clears that away"] : []),
    faults.length > 0 ? "it cannot be believed: restore it from a copy" : "every row is as it was written",
  ].join("\n");
}
