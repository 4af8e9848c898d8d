// A study in a few lines for people.
import { type JudgedStudy, ranked } from "../engine/research/mod.ts";
import { percent, plain } from "./figure_text.ts";
import type { KeptStudy } from "./judged_sweep.ts";
import { judgementTable, overfittingText } from "./ledger_text.ts";
import { table } from "./output.ts";

const SHOWN_TRIALS = 10;

/** The best trials, what was left out or traded candle by candle, certificates, and how many trials there are now. */
export function studySummary(study: JudgedStudy, { file, resumed, counted }: KeptStudy): string {
  const { trials, points, refused, objective, certificates, strategy } = study;
  const names = Object.keys(study.axes), best = ranked(trials, objective).slice(0, SHOWN_TRIALS);
  const byEvents = trials.filter(({ path }) => path === "events");
  return [
    table(
      [...names, "return", "a year", "Sharpe", "Sortino", "Calmar", "max drawdown", "trades", "win rate", "fees"],
      best.map(({ params, metrics: m }) => [
        ...names.map((name) => String(params[name])),
        percent(m.totalReturnFraction),
        percent(m.cagrFraction),
        plain(m.sharpe),
        plain(m.sortino),
        plain(m.calmar),
        percent(m.maxDrawdownFraction),
        m.tradeCount ?? 0,
        percent(m.winRateFraction),
        plain(m.feesQuote),
      ]),
    ),
    [
      `${trials.length} of ${points} trials of ${strategy}, the best ${best.length} by ${objective.direction} ${objective.metric}`,
      ...(resumed > 0 ? [`${resumed} of them were there from an earlier run`] : []),
      ...(refused > 0 ? [`${refused} points of the grid were left out: the strategy refuses them`] : []),
      ...(byEvents.length > 0 ? [`${byEvents.length} were traded candle by candle: ${byEvents[0]!.why}`] : []),
      ...certificates.map(({ index, equal, trades, differences }) =>
        `trial ${index} again candle by candle: ${equal ? `equal, ${trades} trades` : differences.join("; ")}`
      ),
      ...(counted === null ? [] : [
        `${counted.appended} trials are new to the ledger, ${counted.repeated} were counted before; it has ${counted.total}`,
      ]),
      `kept in ${file}`,
    ].join("\n"),
    ...(study.judgement === null ? [] : [
      `The best by ${objective.metric} among all ${study.judgement.trials} trials of its family:\n${
        judgementTable(study.judgement)
      }`,
    ]),
    overfittingText(study.overfitting),
  ].join("\n\n");
}
