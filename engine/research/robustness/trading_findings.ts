// What trading it takes: costs, speed, size and patience.
import type { Finding } from "./finding.ts";
import { isMade } from "./part.ts";
import type { RobustnessParts } from "./robustness_parts.ts";
import { nearestLevel, VERDICT_THRESHOLDS as T, weightOfShare } from "./verdict_thresholds.ts";
import { amount, listed, percent } from "./verdict_words.ts";

/** The middle share of missed entries is the one that is judged. */
const JUDGED_SKIP = 0.25;

export function costs({ costs: part, actual, run }: RobustnessParts): Finding[] {
  if (!isMade(part)) return [{ unknown: `Costs: ${part.reason}.` }];
  const { breakEvenBps, feeBps, slippageBps, free } = part, paid = (feeBps ?? 0) + (slippageBps ?? 0);
  if (breakEvenBps === 0) {
    return [{
      weight: "fatal",
      sentence: `Even without fees and slippage it loses: ${percent(free.totalReturnFraction)} in all.`,
      condition: { sentence: "Its trades have an edge before costs, which they had not.", held: false },
    }];
  }
  if (breakEvenBps === null) {
    return [{ weight: "good", sentence: "It trades so little that costs of 10 % a side would leave something." }];
  }
  const limit = `${breakEvenBps.toFixed(1)} bps a side`, own = `${paid.toFixed(1)} bps`;
  const condition = {
    sentence: `Fees and slippage together stay below ${limit}; this run paid ${own} on ${
      listed(run.markets.map((id) => id.split(":")[0]!))
    }${(slippageBps ?? 0) < 0.05 ? ", without any slippage" : ""}.`,
    held: actual.totalReturnFraction > 0,
  };
  if (breakEvenBps < T.costMargin * paid) {
    return [{ weight: "doubt", sentence: `Costs of ${limit} end it, and it paid ${own} already.`, condition }];
  }
  const room = paid > 0 ? `, ${(breakEvenBps / paid).toFixed(1)} times what it paid` : "";
  return [{ weight: "good", sentence: `It bears costs up to ${limit}${room}.`, condition }];
}

export function delay({ late, actual, run }: RobustnessParts): Finding[] {
  if (!isMade(late)) return [{ unknown: `Delays: ${late.reason}.` }];
  const bar = late.delays.find(({ isOneBar }) => isOneBar), before = actual.cagrFraction;
  if (bar === undefined) return [{ unknown: "A delay of one bar: the study was interrupted before." }];
  const { cagrFraction: after, totalReturnFraction: total } = bar.figures;
  const said = `one candle (${run.timeframe}) later it returns ${percent(after)} a year instead of ${percent(before)}`;
  const isLost = total <= 0 || before !== null && after !== null && after < (1 - T.delayLossFraction) * before;
  if (actual.totalReturnFraction <= 0) return [];
  return [
    isLost
      ? {
        weight: "doubt",
        sentence: `It lives on speed: ${said}.`,
        condition: { sentence: `You act within one candle, every time: ${said}.`, held: null },
      }
      : { weight: "good", sentence: `It can wait: ${said}.` },
    ...secondsLate(late.delays),
  ];
}

function secondsLate(
  delays: readonly { delayMs: number; isOneBar: boolean; figures: { totalReturnFraction: number } }[],
) {
  const ended = delays.find(({ isOneBar, figures }) => !isOneBar && figures.totalReturnFraction <= 0);
  if (ended === undefined) return [];
  const seconds = `${ended.delayMs / 1_000} s`;
  return [{
    weight: "doubt" as const,
    sentence:
      `Orders that take ${seconds} to reach the market may end it, where each meets the worst price of that time.`,
    condition: { sentence: `Your orders reach the market in less than ${seconds}.`, held: null },
  }];
}

export function missedTrades({ skipped, actual }: RobustnessParts): Finding[] {
  if (!isMade(skipped) || actual.totalReturnFraction <= 0) return [];
  const own = nearestLevel(skipped.levels, JUDGED_SKIP, ({ skipFraction }) => skipFraction);
  if (own === null) return [];
  const said = `Missing ${percent(own.skipFraction)} of its trades at random, it made money in ${
    percent(own.profitableFraction)
  } of the draws`;
  const weight = weightOfShare(own.profitableFraction);
  return [{ weight: weight === "fatal" ? "doubt" : weight, sentence: `${said}.` }];
}

export function drawdown({ tradeOrder, actual }: RobustnessParts): Finding[] {
  if (!isMade(tradeOrder) || actual.totalReturnFraction <= 0) return [];
  const { shuffledDrawdown, ruinProbability, ruinFraction } = tradeOrder, deep = -(shuffledDrawdown.p05 ?? 0);
  const said = `In one of twenty orders of the same trades the account falls by ${percent(deep)} or more`;
  const condition = {
    sentence: `You sit through a fall of ${
      percent(Math.max(deep, -actual.maxDrawdownFraction))
    } and go on: the real one was ${percent(-actual.maxDrawdownFraction)}.`,
    held: null,
  };
  if (deep < T.hardFallFraction) return [{ weight: "good", sentence: `${said}.`, condition }];
  return [{
    weight: "doubt",
    sentence: `${said}; at some time it is down to ${percent(ruinFraction)} of its start in ${
      percent(ruinProbability)
    } of the draws.`,
    condition,
  }];
}

export function size({ capacity, actual, run }: RobustnessParts): Finding[] {
  if (!isMade(capacity) || actual.totalReturnFraction <= 0) return [];
  const { halfAtQuote, zeroAtQuote, participationAtQuote, settings } = capacity;
  if (halfAtQuote === null || zeroAtQuote === null) return [];
  const quote = quoteOf(run.markets[0]!);
  // Few trades that earn much would carry more than their market: the law was measured on small shares of the volume.
  const isBeyond = participationAtQuote !== null && participationAtQuote < halfAtQuote;
  const [usable, most] = isBeyond ? [participationAtQuote, participationAtQuote] : [halfAtQuote, zeroAtQuote];
  const said = isBeyond
    ? `above ${amount(most)} ${quote} one fill in ten takes more than ${
      percent(settings.participationFraction)
    } of its candle's volume, where nobody knows what its own orders cost`
    : `at ${amount(halfAtQuote)} ${quote} its own orders take half of the return, at ${amount(zeroAtQuote)} all of it`;
  return [{
    weight: usable < T.capacityMultiple * run.cashQuote ? "doubt" : "good",
    sentence: isBeyond ? `Its market sets its size: ${said}.` : `By the square-root law of impact, ${said}.`,
    condition: {
      sentence: `The account stays below ${amount(most)} ${quote}: ${said}.`,
      held: run.cashQuote < most,
    },
  }];
}

function quoteOf(market: string): string {
  return market.split("/").at(-1)!;
}
