import { card } from "./card.ts";
import { element } from "./element.ts";
import type { ReportDocument } from "./engine.ts";
import { returnDistribution } from "./return_distribution.ts";

/** Figures that are marked among the daily returns. */
const MARKED: readonly [name: string, label: string][] = [
  ["valueAtRisk95Fraction", "VaR 95 %"],
  ["periodExpectancyFraction", "mean"],
];

/** The daily returns of a run by size. */
export function distributionCard({ dailyReturns, metrics }: ReportDocument): HTMLElement {
  const title = "Distribution of daily returns";
  if (dailyReturns === null) return card(title, {}, element("p", { class: "empty" }, "The run has no whole day."));
  const figures = new Map(metrics.flatMap(({ entries }) => entries).map(({ name, value }) => [name, value]));
  const marked = MARKED.flatMap(([name, label]) => {
    const fraction = figures.get(name) ?? null;
    return fraction === null ? [] : [{ label, fraction }];
  });
  return card(
    title,
    { note: "Days by their return, 00:00 UTC to 00:00 UTC." },
    returnDistribution(dailyReturns, marked),
  );
}
