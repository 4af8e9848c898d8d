// One family of the ledger: which is meant, and what its kept runs tell beside the counts.
import { InputError } from "../engine/errors/mod.ts";
import { readTrials, runReturns } from "../engine/lake/mod.ts";
import {
  backtestOverfitting,
  familiesOf,
  familyName,
  type FamilyRecord,
  realityCheck,
  superiorPredictiveAbility,
  type Trial,
} from "../engine/research/mod.ts";
import { SeededRandom } from "../engine/time/mod.ts";
import { familyText } from "./ledger_text.ts";
import { answer } from "./output.ts";
import { readSettings } from "./settings.ts";
import { countedIn } from "./trial_counting.ts";

interface Wanted {
  strategy?: string;
  symbol?: string;
  timeframe?: string;
  exchange?: string;
}

interface Flags extends Wanted {
  json?: boolean;
  blocks: number;
  resamples: number;
  seed: number;
}

/** What the returns of a family's kept runs say; or, in their place, why they say nothing. */
export type KeptRunTests =
  & { readonly runs: number; readonly days: number }
  & ({ readonly reason: string } | {
    readonly pbo: number;
    readonly probabilityOfLoss: number;
    readonly degradationSlope: number | null;
    readonly blocks: number;
    readonly realityCheck: ReturnType<typeof realityCheck>;
    readonly superiorPredictiveAbility: ReturnType<typeof superiorPredictiveAbility>;
  });

/** Prints the record of the family that is meant. */
export async function showFamily(flags: Flags): Promise<void> {
  const { dataDir, ledger } = readSettings().values;
  const trials = await readTrials(countedIn(dataDir, ledger).ledger);
  const family = onlyFamily(familiesOf(trials), flags), name = familyName(family);
  const own = trials.filter((trial) => familyName(trial.family) === name);
  const keptRuns = await testsOfKeptRuns(dataDir, own, flags);
  answer(flags, { ...family, keptRuns }, () => familyText(family, keptRuns));
}

function onlyFamily(families: readonly FamilyRecord[], wanted: Wanted): FamilyRecord {
  const { strategy, symbol, timeframe, exchange } = wanted;
  const isMeant = (family: FamilyRecord) => {
    const markets = family.instrument.split("+");
    return (strategy === undefined || family.strategy === strategy) &&
      (timeframe === undefined || family.timeframe === timeframe) &&
      (symbol === undefined || markets.every((market) => market.endsWith(`:${symbol}`))) &&
      (exchange === undefined || markets.every((market) => market.startsWith(`${exchange}:`)));
  };
  const meant = families.filter(isMeant), names = (of: readonly FamilyRecord[]) => of.map(familyName).join(", ");
  if (meant.length === 1) return meant[0]!;
  const advice = families.length === 0
    ? "the ledger has no trials yet: backtest makes them"
    : meant.length === 0
    ? `the ledger has no such family: it has ${names(families)}`
    : `${meant.length} families may be meant, ${names(meant)}: add --strategy, --symbol, --timeframe or --exchange`;
  throw new InputError("family", advice);
}

async function testsOfKeptRuns(
  dataDir: string,
  trials: readonly Trial[],
  { blocks, resamples, seed }: Flags,
): Promise<KeptRunTests> {
  const { returns, dayMs } = await runReturns(dataDir, trials.map(({ hash }) => hash));
  const size = { runs: returns.length, days: dayMs.length };
  if (returns.length < 2) return { ...size, reason: "fewer than two of its runs are kept over the same days" };
  try {
    const { pbo, probabilityOfLoss, degradation } = backtestOverfitting(returns, blocks);
    const settings = () => ({ resamples, random: new SeededRandom(seed) });
    return {
      ...size,
      pbo,
      probabilityOfLoss,
      degradationSlope: degradation?.slope ?? null,
      blocks,
      realityCheck: realityCheck(returns, settings()),
      superiorPredictiveAbility: superiorPredictiveAbility(returns, settings()),
    };
  } catch (error) {
    if (error instanceof InputError && error.code === "overfitting" && dayMs.length < 2 * blocks) {
      return { ...size, reason: error.message };
    }
    throw error;
  }
}
