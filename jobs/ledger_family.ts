// One family of the ledger: which is meant, and what its kept runs tell beside the counts.
import { InputError } from "../engine/errors/mod.ts";
import { runReturns } from "../engine/lake/mod.ts";
import {
  backtestOverfitting,
  familyName,
  type FamilyRecord,
  realityCheck,
  superiorPredictiveAbility,
  type Trial,
} from "../engine/research/mod.ts";
import { SeededRandom } from "../engine/time/mod.ts";

/** What tells which family is meant. */
export interface Wanted {
  strategy?: string;
  symbol?: string;
  timeframe?: string;
  exchange?: string;
}

/** How they are tested. */
export interface TestSettings {
  readonly blocks: number;
  readonly resamples: number;
  readonly seed: number;
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

/**
 * The family that is meant.
 *
 * @throws {InputError} `family` when there is none of that name, or several.
 */
export function onlyFamily(families: readonly FamilyRecord[], wanted: Wanted): FamilyRecord {
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

/** What the kept runs among a family's trials say together. */
export async function testsOfKeptRuns(
  dataDir: string,
  trials: readonly Trial[],
  { blocks, resamples, seed }: TestSettings,
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
