// How a search shows itself in a notebook.
import { JUPYTER_DISPLAY, showing, type Shown, table } from "./display/mod.ts";
import { luckSentence } from "./luck_sentence.ts";
import { goalText, type JudgedSearch, searchNotices, topTrials } from "./research/mod.ts";

const SHOWN_TRIALS = 15;

/** The best trials or the front as a table, with what has to be known beside them. */
export function shownSearch(study: JudgedSearch): Shown {
  const shown = study.objectives.length > 1 ? study.front : topTrials(study, SHOWN_TRIALS);
  const rows = shown.map(({ params, values, metrics }) => ({
    ...params,
    ...(study.objectives.length === 0 ? { loss: values[0] } : {}),
    totalReturnFraction: metrics.totalReturnFraction,
    cagrFraction: metrics.cagrFraction,
    sharpe: metrics.sharpe,
    maxDrawdownFraction: metrics.maxDrawdownFraction,
    tradeCount: metrics.tradeCount,
    winRateFraction: metrics.winRateFraction,
  }));
  return showing({}, async () => {
    const best = await table(rows, { limit: rows.length })[JUPYTER_DISPLAY](), lines = searchLines(study);
    return {
      "text/html": [...lines.map((line) => `<p>${escaped(line)}</p>`), best["text/html"]].join("\n"),
      "text/plain": [...lines, best["text/plain"]].join("\n"),
    };
  });
}

/** What a search found, in sentences. */
export function searchLines(study: JudgedSearch): string[] {
  const { strategy, trials, sampler, seed, front, objectives, importance, plateau, judgement, best } = study;
  const percent = (share: number | null) => share === null ? "–" : `${Math.round(100 * share)} %`;
  const luck = best && luckSentence(judgement, percent(best.deflatedSharpe));
  return [
    `${trials.length} trials of ${strategy} by ${sampler.name} with seed ${seed}, ` +
    `${objectives.length > 1 ? `a front of ${front.length}` : "the best"} by ${goalText(study)}`,
    ...searchNotices(study),
    ...(importance === null ? [] : [
      `The figure depends on ${
        importance.parameters.map(({ name, share }) => `${name} ${percent(share)}`).join(", ")
      }, ` +
      `several together ${percent(importance.togetherShare)}`,
    ]),
    ...(best === null ? [] : [`The best stands on ${plateau.text}`]),
    ...(luck === null ? [] : [luck]),
  ];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
