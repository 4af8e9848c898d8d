import { element } from "./element.ts";
import { date, number, percent, roughly } from "./format.ts";
import { paramChips } from "./param_chips.ts";
import { isMade, type VerdictData } from "./verdict_data.ts";

/** Class of a headline: how bad it is. */
const MOODS: Readonly<Record<string, string>> = {
  "does not hold up": "loss",
  "too little to tell": "unsure",
  fragile: "doubtful",
  "holds up so far": "gain",
};

/** The class that colours a headline. */
export function moodOf(headline: string): string {
  return MOODS[headline] ?? "unsure";
}

/** What was judged, the verdict in a few words, and the sentence under it. */
export function verdictHeader({ run, verdict, actual, interrupted }: VerdictData): HTMLElement {
  const title = `${run.strategy} on ${run.markets.join(", ")}, ${run.timeframe}`;
  document.title = `Verdict: ${title} · Crypto Trader`;
  const facts = [
    `${date(run.fromMs)} to ${date(run.toMs)}`,
    `${number(actual.tradeCount, 0)} trades`,
    ...(interrupted ? ["interrupted: parts are missing"] : []),
  ];
  return element(
    "div",
    { class: "run-header" },
    element("h1", {}, title),
    element(
      "p",
      { class: "facts" },
      ...facts.map((fact) => element("span", {}, fact)),
      ...paramChips(run.params),
      element("a", { href: `../backtest/${run.hash}.html` }, `run ${run.hash.slice(0, 12)}`),
    ),
    element(
      "p",
      { class: `verdict ${moodOf(verdict.headline)}` },
      element("strong", {}, `It ${verdict.headline === "fragile" ? "is fragile" : saidOf(verdict.headline)}.`),
      ` ${verdict.summary}`,
    ),
  );
}

function saidOf(headline: string): string {
  return headline === "too little to tell" ? "says too little" : headline;
}

/** The few figures that the verdict rests on. */
export function verdictFigures(study: VerdictData): HTMLElement {
  const { actual, held, costs, late, evidence: { judgement, overfitting, walks }, capacity, bootstrap } = study;
  const bar = isMade(late) ? late.delays.find(({ isOneBar }) => isOneBar) : undefined, walk = walks.at(-1);
  const stationary = isMade(bootstrap.stationary) ? bootstrap.stationary : null;
  const tiles: readonly [label: string, value: string, beside: string][] = [
    ["Return a year", percent(actual.cagrFraction, 1), `${percent(held.cagrFraction, 1)} holding`],
    ["Sharpe ratio", number(actual.sharpe, 2), `${number(held.sharpe, 2)} holding`],
    [
      "Deflated Sharpe ratio",
      percent(judgement?.deflatedSharpe ?? null, 1),
      judgement === null ? "trials not counted" : `${number(judgement.trials, 0)} trials counted`,
    ],
    [
      "Overfitting (PBO)",
      percent(overfitting?.pbo ?? null, 1),
      overfitting?.pbo === undefined ? "no sweep kept" : `of ${number(overfitting.trials, 0)} trials`,
    ],
    [
      "After choosing anew",
      walk === undefined ? "–" : `${percent(walk.cagrFraction, 1)}`,
      walk === undefined
        ? "no walk-forward kept"
        : `a year in ${walk.windows} windows${
          study.heldInWalkFraction === null ? "" : `; ${percent(study.heldInWalkFraction, 1)} holding`
        }`,
    ],
    [
      "Break-even cost",
      isMade(costs) && costs.breakEvenBps !== null ? `${number(costs.breakEvenBps, 1)} bps` : "–",
      isMade(costs) ? `a side; paid ${number((costs.feeBps ?? 0) + (costs.slippageBps ?? 0), 1)}` : costs.reason,
    ],
    ["One candle later", percent(bar?.figures.cagrFraction ?? null, 1), "return a year"],
    [
      "Other histories",
      percent(stationary?.profitableFraction ?? null, 0),
      stationary === null ? "not drawn" : `made money; ${percent(stationary.beatsHoldingFraction, 0)} beat holding`,
    ],
    [
      "Half is left at",
      isMade(capacity) && capacity.halfAtQuote !== null ? roughly(capacity.halfAtQuote) : "–",
      "account size, quote units",
    ],
  ];
  const shown = tiles.filter(([, value]) => value !== "–").slice(0, 8);
  return element(
    "dl",
    { class: "key-figures" },
    ...shown.map(([label, value, beside]) =>
      element(
        "div",
        { class: "tile" },
        element("dt", {}, label),
        element("dd", {}, value),
        element("dd", { class: "beside" }, beside),
      )
    ),
  );
}
