// A search in a few lines for people.
import { goalText, type JudgedSearch, searchNotices, topTrials } from "../engine/research/mod.ts";
import { percent, plain } from "./figure_text.ts";
import { judgementTable, overfittingText } from "./ledger_text.ts";
import { table } from "./output.ts";
import type { KeptStudy } from "./judged_sweep.ts";

const SHOWN_TRIALS = 10;

/** The best trials, or the front of several objectives; what has to be known beside them; and what the best is worth. */
export function searchSummary(study: JudgedSearch, { file, resumed, counted }: KeptStudy): string {
  const several = study.objectives.length > 1, { importance, plateau, judgement } = study;
  const shown = several ? study.front.slice(0, 2 * SHOWN_TRIALS) : topTrials(study, SHOWN_TRIALS);
  const names = Object.keys(study.axes), withLoss = study.objectives.length === 0;
  return [
    table(
      [
        ...names,
        ...(withLoss ? ["loss"] : []),
        "return",
        "a year",
        "Sharpe",
        "max drawdown",
        "trades",
        "win rate",
        "fees",
      ],
      shown.map(({ params, values, metrics: m }) => [
        ...names.map((name) => String(params[name])),
        ...(withLoss ? [plain(values[0])] : []),
        percent(m.totalReturnFraction),
        percent(m.cagrFraction),
        plain(m.sharpe),
        percent(m.maxDrawdownFraction),
        m.tradeCount ?? 0,
        percent(m.winRateFraction),
        plain(m.feesQuote),
      ]),
    ),
    [
      `${study.trials.length} trials of ${study.strategy} by ${study.sampler.name} with seed ${study.seed}, ` +
      `${several ? `the front of ${study.front.length}` : `the best ${shown.length}`} by ${goalText(study)}`,
      ...(resumed > 0 ? [`${resumed} of them were there from an earlier run`] : []),
      ...searchNotices(study),
      ...study.certificates.map(({ index, equal, trades, differences }) =>
        `trial ${index} again candle by candle: ${equal ? `equal, ${trades} trades` : differences.join("; ")}`
      ),
      ...(counted === null ? [] : [
        `${counted.appended} trials are new to the ledger, ${counted.repeated} were counted before; it has ${counted.total}`,
      ]),
      `kept in ${file}`,
    ].join("\n"),
    [
      ...(importance === null ? [] : [
        `What the figure depends on: ${
          importance.parameters.map(({ name, share }) => `${name} ${percent(share, 0)}`).join(", ")
        }, several together ${percent(importance.togetherShare, 0)}`,
      ]),
      ...(study.best === null ? [] : [`The best stands on ${plateau.text}`]),
    ].join("\n"),
    ...(judgement === null ? [] : [
      `The best among all ${judgement.trials} trials of its family:\n${judgementTable(judgement)}`,
    ]),
    overfittingText(study.overfitting),
  ].filter((part) => part !== "").join("\n\n");
}
