// A cross-validated choice in a few lines for people.
import type { AppendedTrials } from "../engine/lake/mod.ts";
import { mean } from "../engine/metrics/mod.ts";
import type { CrossValidatedChoice, SplitChoice } from "../engine/research/mod.ts";
import type { ParameterValue } from "../engine/strategies/mod.ts";
import { percent, plain } from "./figure_text.ts";
import { table } from "./output.ts";

const SHOWN_CHOICES = 10;

interface Shown extends Omit<CrossValidatedChoice, "splits"> {
  readonly strategy: string;
  readonly splits: readonly (SplitChoice & { readonly params: Readonly<Record<string, ParameterValue>> })[];
  readonly counted: AppendedTrials;
}

/** Which trials were chosen how often, and what came of the choosing along each path. */
export function crossValidationSummary(own: Shown): string {
  const { splits, paths, counted } = own;
  const byChoice = [...Map.groupBy(splits, ({ chosen }) => chosen).values()].toSorted((a, b) => b.length - a.length);
  return [
    table(
      ["chosen", "in splits", "Sharpe in training", "Sharpe in tests"],
      byChoice.slice(0, SHOWN_CHOICES).map((alike) => [
        Object.entries(alike[0]!.params).map(([name, value]) => `${name}=${value}`).join(" "),
        String(alike.length),
        plain(mean(alike.flatMap(({ trainSharpe }) => trainSharpe ?? []))),
        plain(mean(alike.flatMap(({ testSharpe }) => testSharpe ?? []))),
      ]),
    ),
    table(
      ["path", "Sharpe", "return", "max drawdown"],
      paths.map(({ sharpe, totalReturnFraction, maxDrawdownFraction }, i) => [
        String(i + 1),
        plain(sharpe),
        percent(totalReturnFraction),
        percent(maxDrawdownFraction),
      ]),
    ),
    [
      `${splits.length} splits, ${own.testGroups} of ${own.groups} groups tested, ${own.embargoDays} days of embargo; ` +
      `${paths.length} path${paths.length === 1 ? "" : "s"} of days that were all out of sample`,
      `Sharpe ratio believed in training ${plain(own.meanTrainSharpe)}, kept out of sample ${plain(own.meanSharpe)} ` +
      `(${plain(own.lowestSharpe)} to ${plain(own.highestSharpe)}); ${
        percent(own.losingPathsFraction)
      } of the paths lost`,
      `${counted.appended} trials are new to the ledger, ${counted.repeated} were counted before; it has ${counted.total}`,
    ].join("\n"),
  ].join("\n\n");
}
