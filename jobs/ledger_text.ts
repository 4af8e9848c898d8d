// The trial ledger in words and tables for people.
import type { LedgerCheck } from "../engine/lake/mod.ts";
import {
  familyName,
  type FamilyRecord,
  type Haircut,
  type OverfittingTests,
  type TrialJudgement,
} from "../engine/research/mod.ts";
import { percent, plain } from "./figure_text.ts";
import { table } from "./output.ts";
import type { JudgedTrial } from "./trial_counting.ts";

const share = (value: number | null | undefined) => percent(value, 1);
const whole = (value: number | null | undefined) => value == null ? "–" : Math.ceil(value).toLocaleString("en");

/** One line a family. */
export function familiesTable(families: readonly FamilyRecord[]): string {
  if (families.length === 0) return "no trials yet: backtest makes them, and this counts them";
  return table(
    ["strategy", "market", "timeframe", "trials", "best Sharpe", "by luck", "probabilistic", "deflated", "run"],
    families.map(({ strategy, instrument, timeframe, trials, best, judgement }) => [
      strategy,
      instrument,
      timeframe,
      String(trials),
      plain(judgement?.sharpe),
      plain(judgement?.expectedMaximumSharpe),
      share(judgement?.probabilisticSharpe),
      share(judgement?.deflatedSharpe),
      best?.hash.slice(0, 10) ?? "–",
    ]),
  );
}

/** A family with all that its number of trials means. */
export function familyText(family: FamilyRecord, keptRuns: OverfittingTests): string {
  const { best, judgement, trials } = family;
  const head = `${familyName(family)}: ${trials === 1 ? "1 trial" : `${trials} trials`}`;
  if (best === null || judgement === null) return `${head}, none with a Sharpe ratio`;
  const params = Object.entries(best.params).map(([name, value]) => `${name}=${value}`).join(" ");
  return [
    `${head}; the best is run ${best.hash.slice(0, 10)}${params && ` with ${params}`}`,
    judgementTable(judgement),
    ...(judgement.haircuts ? [haircutTable(judgement.haircuts)] : []),
    `Its kept runs: ${overfittingText(keptRuns)}`,
  ].join("\n\n");
}

/** What the number of trials makes of a Sharpe ratio. */
export function judgementTable(own: TrialJudgement): string {
  return table(["figure", "value", "meaning"], [
    ["Sharpe ratio", plain(own.sharpe), `a year, ± ${plain(own.sharpeStandardError)}`],
    ["by luck", plain(own.expectedMaximumSharpe), "what the best of so many trials without skill is expected to have"],
    [
      "probabilistic",
      share(own.probabilisticSharpe),
      "probability of a true ratio above 0, if this were the only trial",
    ],
    ["deflated", share(own.deflatedSharpe), "probability of a true ratio above luck, all trials counted"],
    ["track record", whole(own.minimumTrackRecordDays), "days needed to say with 95 % that the ratio is above 0"],
    ["… above luck", whole(own.deflatedTrackRecordDays), "days needed to say so of luck"],
    ["backtest", plain(own.minimumBacktestYears), "years in which luck alone is expected to reach this ratio"],
  ]);
}

function haircutTable(haircuts: NonNullable<TrialJudgement["haircuts"]>): string {
  const row = (
    name: string,
    { pValue, sharpe, haircutFraction }: Haircut,
  ) => [name, pValue.toPrecision(3), plain(sharpe), share(haircutFraction)];
  return table(["adjusted by", "p-value", "Sharpe left", "haircut"], [
    row("Bonferroni", haircuts.bonferroni),
    row("Holm", haircuts.holm),
    row("BHY", haircuts.bhy),
  ]);
}

/** What all trials say together. */
export function overfittingText(tests: OverfittingTests): string {
  if ("reason" in tests) return `nothing is said of overfitting, ${tests.reason}`;
  const { realityCheck, superiorPredictiveAbility: spa } = tests;
  return `${tests.trials} trials over the same ${tests.days} days\n${
    table(["test", "value", "meaning"], [
      [
        "PBO",
        share(tests.pbo),
        "how often the best of one half of history is in the worse half of trials in the other",
      ],
      ["loss", share(tests.probabilityOfLoss), "how often it loses there"],
      ["reality check", plain(realityCheck.pValue), "p-value of the best return, were none better than cash (White)"],
      ["SPA", plain(spa.consistent), `the same of the best ratio (Hansen); ${plain(spa.lower)} to ${plain(spa.upper)}`],
    ])
  }`;
}

/** What verify found. */
export function checkText({ path, trials, tip, faults, interrupted }: LedgerCheck): string {
  return [
    `${path}: ${tip.sequence} rows, ${trials.length} trials`,
    ...faults.map(({ message }) => `· ${message}`),
    ...(interrupted ? ["· a process was killed while it wrote a row: the next append clears that away"] : []),
    faults.length > 0 ? "it cannot be believed: restore it from a copy" : "every row is as it was written",
  ].join("\n");
}

/** A run among the trials of its family, in a sentence. */
export function trialText({ family, judgement }: JudgedTrial): string {
  const { trials, sharpe, expectedMaximumSharpe, deflatedSharpe } = judgement;
  const count = trials === 1 ? "the only trial" : `one of ${trials} trials`;
  if (sharpe === null) return `${count} of ${familyName(family)}, without a Sharpe ratio`;
  return `${count} of ${familyName(family)}: luck alone gives the best of them a Sharpe ratio of ` +
    `${plain(expectedMaximumSharpe)}; that of this run is truly above it with a probability of ${
      share(deflatedSharpe)
    }`;
}
