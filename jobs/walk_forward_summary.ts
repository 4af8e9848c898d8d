// A walk through history in a few lines for people.
import type { WalkForward } from "../engine/research/mod.ts";
import { percent, plain } from "./figure_text.ts";
import type { KeptWalk } from "./kept_walk.ts";
import { table } from "./output.ts";

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Each window with what was chosen and what came of it, then all tests together. */
export function walkForwardSummary(
  walk: WalkForward,
  { resumed, counted }: KeptWalk,
): string {
  const { steps, windows, metrics, judgement, efficiencyRatio, winningTestsFraction, objective, strategy } = walk;
  const names = Object.keys(walk.axes);
  return [
    table(
      [
        "chosen on",
        "until",
        "tested until",
        ...names,
        "Sharpe then",
        "Sharpe after",
        "return after",
        "drawdown",
        "trades",
      ],
      steps.map(({ train, test, params, inSample, outOfSample }) => [
        day(train.fromMs),
        day(train.toMs),
        day(test.toMs),
        ...names.map((name) => String(params?.[name] ?? "–")),
        plain(inSample?.sharpe),
        plain(outOfSample?.sharpe),
        percent(outOfSample?.totalReturnFraction),
        percent(outOfSample?.maxDrawdownFraction),
        outOfSample?.tradeCount ?? 0,
      ]),
    ),
    table(["out of sample", "value", "meaning"], [
      ["return", percent(metrics.totalReturnFraction), `${percent(metrics.cagrFraction)} a year`],
      ["Sharpe ratio", plain(metrics.sharpe), `a year, ± ${plain(judgement.sharpeStandardError)}`],
      ["max drawdown", percent(metrics.maxDrawdownFraction), "from close to close"],
      ["probabilistic", percent(judgement.probabilisticSharpe), "probability of a true Sharpe ratio above 0"],
      ["efficiency", plain(efficiencyRatio), "return a year after the choice ÷ before it"],
      ["won", percent(winningTestsFraction), "of the tests"],
      ["trades", String(metrics.tradeCount ?? 0), `fees ${plain(metrics.feesQuote)}`],
    ]),
    [
      `${steps.length} of ${windows} windows of ${strategy}, chosen by ${objective.direction} ${objective.metric}`,
      ...(resumed > 0 ? [`${resumed} trials were there from an earlier run`] : []),
      ...(counted === null ? [] : [
        `${counted.appended} trials are new to the ledger, ${counted.repeated} were counted before; it has ${counted.total}`,
      ]),
    ].join("\n"),
  ].join("\n\n");
}
