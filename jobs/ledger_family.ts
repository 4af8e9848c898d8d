// One family of the ledger: which is meant, and what its kept runs tell beside the counts.
import { InputError } from "../engine/errors/mod.ts";
import { runReturns } from "../engine/lake/mod.ts";
import {
  familyName,
  type FamilyRecord,
  type OverfittingSettings,
  type OverfittingTests,
  overfittingTests,
  type Trial,
} from "../engine/research/mod.ts";

/** What tells which family is meant. */
export interface Wanted {
  strategy?: string;
  symbol?: string;
  timeframe?: string;
  exchange?: string;
}

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
  settings: OverfittingSettings,
): Promise<OverfittingTests> {
  const { returns } = await runReturns(dataDir, trials.map(({ hash }) => hash));
  return overfittingTests(returns, settings);
}
