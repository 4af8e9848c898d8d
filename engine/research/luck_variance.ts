import { standardDeviation } from "../metrics/mod.ts";
import type { ReturnMoments } from "./return_moments.ts";
import type { Trial } from "./trial.ts";

/** Ratios of fewer days scatter in other ways than by the root of their number. */
const FEWEST_DAYS = 30;

/** Variance (ddof 1) of the Sharpe ratios of trials; 0 of fewer than two that have one. */
export function sharpeVariance(tried: readonly ReturnMoments[]): number {
  const spread = standardDeviation(tried.flatMap(({ sharpe }) => sharpe ?? [])) ?? 0;
  return spread * spread;
}

/**
 * How Sharpe ratios of a family spread over as many days as one of its trials has: as those of the trials over the same
 * days, and no less than those of its largest group over the same days, with ratios scaled by √days, as they scatter by
 * the root of their number. Without the second, two neighbours of the best of many trials would tell of no luck once the
 * history begins a day later. Trials that are alone on their days are one group.
 */
export function luckVariance(trial: Trial, family: readonly Trial[]): number {
  const byDays = Map.groupBy(family, daysOf), own = byDays.get(daysOf(trial)) ?? [];
  const groups = [...byDays.values()], alone = groups.filter(({ length }) => length === 1).flat();
  const most = [...groups, alone].map((group) => group.filter(({ returns }) => returns.count >= FEWEST_DAYS))
    .reduce((largest, group) => group.length > largest.length ? group : largest, []);
  const { count } = trial.returns;
  return Math.max(...[own, most].map((group) => sharpeVariance(group.map(({ returns }) => over(count, returns)))));
}

function daysOf({ data, returns }: Trial): string {
  return `${data.toMs} ${returns.count}`;
}

/** Moments with the ratio that is as significant over another number of days. */
function over(days: number, { sharpe, count, ...shape }: ReturnMoments): ReturnMoments {
  return {
    ...shape,
    count: days,
    sharpe: sharpe === null || count === days ? sharpe : sharpe * Math.sqrt(count / days),
  };
}
