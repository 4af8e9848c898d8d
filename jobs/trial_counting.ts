// Which ledger counts the runs of a command, and who is told when it cannot.
import { ledgerPath, type TrialCounting } from "../engine/lake/mod.ts";
import { note } from "./output.ts";

/** Counts in the ledger of the settings, or in that of the data folder. */
export function countedIn(dataDir: string, ledger: string | null): TrialCounting & { readonly ledger: string } {
  return { ledger: ledger ?? ledgerPath(dataDir), uncounted: ({ message }) => note(`warning: ${message}`) };
}
