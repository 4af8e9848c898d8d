// What the result itself says: beside holding, over the years and over its trades.
import { counted } from "../../errors/mod.ts";
import type { Finding } from "./finding.ts";
import { isMade } from "./part.ts";
import type { RobustnessParts } from "./robustness_parts.ts";
import { VERDICT_THRESHOLDS as T } from "./verdict_thresholds.ts";
import { grouped, listed, percent, ratio } from "./verdict_words.ts";

export function profit({ actual, run }: RobustnessParts): Finding[] {
  const { totalReturnFraction: total, cagrFraction } = actual;
  if (total > 0) return [];
  return [{
    weight: "fatal",
    sentence: `It lost money: ${percent(total)} on ${listed(run.markets)}, ${percent(cagrFraction)} a year.`,
  }];
}

export function holding({ actual, held }: RobustnessParts): Finding[] {
  const both = `${percent(actual.cagrFraction, 1)} a year with a Sharpe ratio of ${ratio(actual.sharpe)}, holding ` +
    `${percent(held.cagrFraction, 1)} with ${ratio(held.sharpe)}`;
  const apart = Math.abs(actual.totalReturnFraction - held.totalReturnFraction);
  if (apart <= T.sameReturnFraction * (1 + held.totalReturnFraction)) {
    return [{ weight: "doubt", sentence: `It comes to no more than holding: ${both}.` }];
  }
  const earnsMore = actual.totalReturnFraction > held.totalReturnFraction;
  const isCalmer = actual.sharpe !== null && held.sharpe !== null && actual.sharpe > held.sharpe;
  if (earnsMore && isCalmer) return [{ weight: "good", sentence: `It did better than holding: ${both}.` }];
  if (!earnsMore && !isCalmer) {
    return [{ weight: "fatal", sentence: `Holding did better without any work, by return and by risk: ${both}.` }];
  }
  const fall = `its deepest fall was ${percent(-actual.maxDrawdownFraction)}, that of holding ${
    percent(-held.maxDrawdownFraction)
  }`;
  return [{
    weight: "doubt",
    sentence: earnsMore
      ? `It returned more than holding at a higher risk for each unit of it: ${both}.`
      : `It returned less than holding and was calmer: ${both}; ${fall}.`,
    condition: {
      sentence: earnsMore
        ? "The higher return is worth more to you than the higher risk."
        : `A calmer way is worth the lower return to you: ${fall}.`,
      held: null,
    },
  }];
}

export function tradeCount({ actual: { tradeCount: count } }: RobustnessParts): Finding[] {
  if (count >= T.fewestTrades) return [];
  return [{
    weight: "thin",
    sentence: `It closed ${counted(count, "trade")}: fewer than ${T.fewestTrades} tell nothing about the next one.`,
  }];
}

export function years({ sources, actual }: RobustnessParts): Finding[] {
  if (!isMade(sources) || sources.bestYears === null || actual.totalReturnFraction <= 0) return [];
  const { years: best, otherCagrFraction } = sources.bestYears;
  const share = sources.years.filter(({ year }) => best.includes(year))
    .reduce((sum, { growthShareFraction }) => sum + (growthShareFraction ?? 0), 0);
  const said = `${listed(best)} made ${percent(share)} of its growth; the other years returned ${
    percent(otherCagrFraction)
  } a year`;
  if (otherCagrFraction >= T.otherYearsFraction * (actual.cagrFraction ?? 0)) {
    return [{ weight: "good", sentence: `${said}.` }];
  }
  return [{
    weight: "doubt",
    sentence: `${said}.`,
    condition: { sentence: `Years like ${listed(best)} come again: ${said}.`, held: null },
  }];
}

export function recent({ sources, actual }: RobustnessParts): Finding[] {
  if (!isMade(sources) || actual.totalReturnFraction <= 0) return [];
  const { fromMs, cagrFraction, heldCagrFraction } = sources.lastThird;
  const said = `Since ${new Date(fromMs).toISOString().slice(0, 7)} it returned ${
    percent(cagrFraction)
  } a year, holding ${percent(heldCagrFraction)}`;
  if (cagrFraction > 0 && cagrFraction >= heldCagrFraction - T.sameReturnFraction) {
    return [{ weight: "good", sentence: `${said}.` }];
  }
  return [{
    weight: "doubt",
    sentence: `${said}: its best time is behind it.`,
    condition: { sentence: "What worked in the first two thirds of the history comes back.", held: false },
  }];
}

export function fewTrades({ sources, actual }: RobustnessParts): Finding[] {
  if (!isMade(sources) || sources.withoutBestTrades === null || actual.totalReturnFraction <= 0) return [];
  const { withoutBestTrades: { left, totalReturnFraction: total }, carryingTrades } = sources;
  if (total > 0) {
    return [{ weight: "good", sentence: `Without its ${left} best trades it still returns ${percent(total)}.` }];
  }
  return [{
    weight: "doubt",
    sentence: `Its ${carryingTrades ?? left} best of ${
      grouped(actual.tradeCount)
    } trades made all of its profit: the others lost together.`,
    condition: { sentence: `You miss none of the ${carryingTrades ?? left} trades that matter.`, held: null },
  }];
}

export function crises({ crisis: { windows, missing } }: RobustnessParts): Finding[] {
  const unknown = missing.length === 0
    ? []
    : [{ unknown: `Not in the data: ${missing.map(({ name }) => name).join("; ")}.` }];
  if (windows.length === 0) return unknown;
  const worse = windows.filter(({ run, held }) => run.returnFraction < Math.min(0, held.returnFraction));
  const each = windows.map(({ name, run, held }) =>
    `${name}: ${percent(run.returnFraction)} (holding ${percent(held.returnFraction)})`
  ).join("; ");
  return [
    {
      weight: worse.length > 0 ? "doubt" : "good",
      sentence: worse.length > 0
        ? `It lost more than holding in ${worse.length} of ${counted(windows.length, "crisis", "crises")}: ${each}.`
        : `It lost in no crisis more than holding: ${each}.`,
    },
    ...unknown,
  ];
}
