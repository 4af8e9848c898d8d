import { Command } from "commander";
import { checkLedger, readTrials } from "../../engine/lake/mod.ts";
import { familiesOf, type OverfittingSettings, trialsOf } from "../../engine/research/mod.ts";
import { onlyFamily, testsOfKeptRuns, type Wanted } from "../ledger_family.ts";
import { checkText, familiesTable, familyText } from "../ledger_text.ts";
import { answer } from "../output.ts";
import { whole } from "../parameters.ts";
import { readSettings } from "../settings.ts";
import { countedIn } from "../trial_counting.ts";

interface Flags {
  json?: boolean;
}

/** `ledger`: the trials that were made, what their number does to the best of them, and whether the record can be believed. */
export function ledgerCommand(): Command {
  const command = new Command("ledger").description("List the trials of the ledger by family, and verify its rows.");
  command.command("list")
    .description("Each family of trials with its count, its best trial and the deflated Sharpe ratio of that.")
    .action(list);
  command.command("show")
    .description("Judge the best trial of a family by all that were made: odds, haircuts, overfitting.")
    .option("--strategy <id>", "as in sma-cross")
    .option("--symbol <symbol>", "as in BTC/USDT")
    .option("--timeframe <timeframe>", "as in 1h")
    .option("--exchange <name>", "as in binance")
    .option("--blocks <count>", "blocks of the history for the probability of overfitting, an even number", whole, 16)
    .option("--resamples <count>", "histories that are drawn for the tests against luck", whole, 1_000)
    .option("--seed <number>", "of what is drawn", whole, 1)
    .action(show);
  command.command("verify").description("Find rows that were deleted, edited or moved.").action(verify);
  return command;
}

async function list(flags: Flags): Promise<void> {
  const { dataDir, ledger } = readSettings().values, path = countedIn(dataDir, ledger).ledger;
  const families = familiesOf(await readTrials(path));
  answer(flags, { path, families }, () => familiesTable(families));
}

async function show(flags: Flags & Wanted & OverfittingSettings): Promise<void> {
  const { dataDir, ledger } = readSettings().values, trials = await readTrials(countedIn(dataDir, ledger).ledger);
  const family = onlyFamily(familiesOf(trials), flags);
  const keptRuns = await testsOfKeptRuns(dataDir, trialsOf(family, trials), flags);
  answer(flags, { ...family, keptRuns }, () => familyText(family, keptRuns));
}

async function verify(flags: Flags): Promise<void> {
  const { dataDir, ledger } = readSettings().values;
  const { trials, ...check } = await checkLedger(countedIn(dataDir, ledger).ledger);
  if (check.faults.length > 0) Deno.exitCode = 1;
  answer(flags, { ...check, trials: trials.length }, () => checkText({ trials, ...check }));
}
