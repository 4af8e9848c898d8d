// How a study shows itself in a notebook.
import { type HeatMap, heatMapDrawing, JUPYTER_DISPLAY, showing, type Shown, table } from "./display/mod.ts";
import { luckSentence } from "./luck_sentence.ts";
import { type JudgedStudy, ranked, type Study } from "./research/mod.ts";

const SHOWN_TRIALS = 15;
const SHOWN_METRICS = [
  "totalReturnFraction",
  "cagrFraction",
  "sharpe",
  "maxDrawdownFraction",
  "tradeCount",
  "winRateFraction",
  "profitFactor",
] as const;

/** The best trials as a table, and a heat map of the objective where the grid has two parameters. */
export function shownStudy(study: JudgedStudy): Shown {
  const rows = ranked(study.trials, study.objective).slice(0, SHOWN_TRIALS).map(({ params, metrics, path }) => ({
    ...params,
    ...Object.fromEntries(SHOWN_METRICS.map((name) => [name, metrics[name]])),
    path,
  }));
  return showing({}, async () => {
    const best = await table(rows)[JUPYTER_DISPLAY](), map = heatMapOf(study);
    const drawn = map === null ? undefined : await heatMapDrawing(map);
    const head = `${studyHeadline(study)}${judgementSentence(study)}`;
    return {
      "text/html": [`<p>${head}</p>`, best["text/html"], drawn ?? ""].join("\n"),
      "text/plain": `${head}\n${best["text/plain"]}`,
    };
  });
}

/** What a study is, in one sentence. */
export function studyHeadline({ strategy, trials, points, refused, objective, certificates }: Study): string {
  const byEvents = trials.filter(({ path }) => path === "events");
  return [
    `${trials.length} of ${points} trials of ${strategy}, best by ${objective.direction} ${objective.metric}`,
    ...(refused > 0 ? [`${refused} points refused by the strategy`] : []),
    ...(byEvents.length > 0 ? [`${byEvents.length} candle by candle: ${byEvents[0]!.why}`] : []),
    ...(certificates.length > 0
      ? [
        `${
          certificates.filter(({ equal }) => equal).length
        } of ${certificates.length} certified equal candle by candle`,
      ]
      : []),
  ].join("; ");
}

/** What the number of trials does to the best one. */
function judgementSentence({ best, judgement, overfitting }: JudgedStudy): string {
  const percent = (value: number | null) => value === null ? "–" : `${(100 * value).toFixed(1)} %`;
  const sentence = best && luckSentence(judgement, percent(best.deflatedSharpe));
  if (sentence === null) return "";
  return `. ${sentence}` +
    ("reason" in overfitting ? "" : `; the probability of overfitting is ${percent(overfitting.pbo)}`);
}

function heatMapOf({ axes, trials, objective: { metric } }: Study): HeatMap | null {
  const [y, x, ...more] = Object.keys(axes);
  if (x === undefined || y === undefined || more.length > 0) return null;
  const cells = trials.map(({ params, metrics }) => ({
    x: String(params[x]),
    y: String(params[y]),
    value: metrics[metric],
  }));
  return { x, y, label: metric, cells };
}
