// How a walk through history shows itself in a notebook.
import { equityLineDrawing, JUPYTER_DISPLAY, showing, type Shown, table } from "./display/mod.ts";
import type { WalkForward } from "./research/mod.ts";

/** The account over all tests, and each window with what was chosen and what came of it. */
export function shownWalk(walk: WalkForward): Shown {
  const rows = walk.steps.map(({ train, test, params, inSample, outOfSample }) => ({
    chosenUntil: new Date(train.toMs),
    testedUntil: new Date(test.toMs),
    ...Object.fromEntries(Object.keys(walk.axes).map((name) => [name, params?.[name] ?? null])),
    sharpeInSample: inSample?.sharpe ?? null,
    sharpeOutOfSample: outOfSample?.sharpe ?? null,
    totalReturnFraction: outOfSample?.totalReturnFraction ?? null,
    maxDrawdownFraction: outOfSample?.maxDrawdownFraction ?? null,
    tradeCount: outOfSample?.tradeCount ?? null,
  }));
  return showing({}, async () => {
    const windows = await table(rows, { limit: rows.length })[JUPYTER_DISPLAY](), head = walkHeadline(walk);
    const { closeTimeMs, equity } = walk.equity;
    const drawn = await equityLineDrawing({
      label: "equity over all tests",
      timeMs: closeTimeMs,
      equity,
      marksMs: walk.steps.map(({ test }) => test.fromMs),
    });
    return {
      "text/html": [`<p>${head}</p>`, drawn, windows["text/html"]].join("\n"),
      "text/plain": `${head}\n${windows["text/plain"]}`,
    };
  });
}

/** What came of choosing again and again, in a sentence or two. */
export function walkHeadline({ steps, windows, strategy, metrics, judgement, efficiencyRatio }: WalkForward): string {
  const percent = (value: number | null) => value === null ? "–" : `${(100 * value).toFixed(1)} %`;
  const ratio = (value: number | null) => value === null ? "–" : value.toFixed(2);
  return `${steps.length} of ${windows} windows of ${strategy}: out of sample ${
    percent(metrics.cagrFraction)
  } a year with a ` +
    `Sharpe ratio of ${ratio(metrics.sharpe)}, truly above 0 with a probability of ` +
    `${percent(judgement.probabilisticSharpe)}. ${
      efficiencyRatio === null
        ? ""
        : `Of the return a year before each choice ${percent(efficiencyRatio)} was left after it.`
    }`.trimEnd();
}
