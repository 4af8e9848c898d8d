// The trial ledger in a notebook.
import { notebookLedger } from "./count_run.ts";
import { showingAs, type Shown, table } from "./display/mod.ts";
import { familiesOf, type FamilyRecord } from "./research/mod.ts";

/** Which ledger is meant. */
export interface LedgerOptions {
  /** The one beside the engine unless stated. */
  readonly dataDir?: string;
}

/**
 * The families of trials that were ever made, each with its count, its best trial and what the count does to that one's
 * Sharpe ratio. In a notebook it shows them as a table.
 *
 * @throws {InputError} `ledger-damaged` when the ledger cannot be counted.
 */
export async function trialLedger({ dataDir }: LedgerOptions = {}): Promise<FamilyRecord[] & Shown> {
  const { readTrials } = await import("./lake/mod.ts");
  const families = familiesOf(await readTrials(await notebookLedger(dataDir)));
  return showingAs(families, () =>
    table(families.map(({ strategy, instrument, timeframe, trials, judgement }) => ({
      strategy,
      instrument,
      timeframe,
      trials,
      bestSharpe: judgement?.sharpe ?? null,
      sharpeByLuck: judgement?.expectedMaximumSharpe ?? null,
      deflatedSharpe: judgement?.deflatedSharpe ?? null,
    }))));
}
