// Runs and sweeps of notebooks and programs count as trials, as those of the commands do.
import type { RunRecord } from "./backtest/mod.ts";
import { DATA_DIR } from "./data_folder.ts";
import type { TrialLedger } from "./lake/mod.ts";
import { type CountedStudy, type Trial, trialOfRun, trialsOf } from "./research/mod.ts";

const VARIABLE = "CRYPTO_TRADER_LEDGER";

const ledgers = new Map<string, TrialLedger>();
const warned = new Set<string>();

/** The ledger of a data folder; without one, that of the environment or of the folder beside the engine. */
export async function notebookLedger(dataDir?: string): Promise<string> {
  const { ledgerPath } = await import("./lake/mod.ts");
  // Asked for, not tried: a program without the permission is not to be stopped by a question.
  const mayRead = Deno.permissions.querySync({ name: "env", variable: VARIABLE }).state === "granted";
  const stated = dataDir === undefined && mayRead ? Deno.env.get(VARIABLE) : undefined;
  return stated ?? ledgerPath(dataDir ?? DATA_DIR);
}

/** Counts a run of a notebook. */
export async function countRun(run: RunRecord, dataDir?: string): Promise<void> {
  await countTrials(() => [trialOfRun(run, "notebook")], dataDir);
}

/** Counts the trials of a study. Gives them with all of their family; null where the ledger cannot be used. */
export async function countStudy(
  trials: () => Promise<readonly Trial[]>,
  dataDir?: string,
): Promise<CountedStudy | null> {
  let own: readonly Trial[] = [];
  if (!await countTrials(async () => own = await trials(), dataDir) || own.length === 0) return null;
  const { readTrials } = await import("./lake/mod.ts");
  return { own, family: trialsOf(own[0]!.family, await readTrials(await notebookLedger(dataDir))) };
}

/**
 * Counts trials; false where that was not possible. What is wrong with the ledger is no reason to lose a result: it is said
 * once on the console.
 */
async function countTrials(
  trials: () => readonly Trial[] | Promise<readonly Trial[]>,
  dataDir?: string,
): Promise<boolean> {
  try {
    const path = await notebookLedger(dataDir);
    if (Deno.permissions.querySync({ name: "write", path }).state !== "granted") {
      throw new Error(`the program may not write ${path}: start it with --allow-write for the folder of that file`);
    }
    const { TrialLedger } = await import("./lake/mod.ts");
    let ledger = ledgers.get(path);
    if (ledger === undefined) ledgers.set(path, ledger = new TrialLedger(path));
    await ledger.append(await trials());
    return true;
  } catch (error) {
    const message = `runs are not counted as trials: ${error instanceof Error ? error.message : error}`;
    if (!warned.has(message)) console.warn(message);
    warned.add(message);
    return false;
  }
}

/** All counted trials of a run's family; none where the ledger cannot be used, which has been said when it was counted. */
export async function countedFamily(run: RunRecord, dataDir?: string): Promise<Trial[]> {
  const { readTrials } = await import("./lake/mod.ts");
  try {
    return trialsOf(trialOfRun(run, "notebook").family, await readTrials(await notebookLedger(dataDir)));
  } catch {
    return [];
  }
}
