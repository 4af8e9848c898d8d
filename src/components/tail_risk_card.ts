import { card } from "./card.ts";
import { element } from "./element.ts";
import { figureTable } from "./figure_table.ts";
import type { ReportDocument, RiskMethod, TailRisk } from "./engine.ts";
import { number, percent } from "./format.ts";
import { segmentedControl } from "./segmented_control.ts";

const METHODS: readonly (readonly [method: RiskMethod, name: string, convention: string])[] = [
  ["historical", "Historical", "Quantile of the returns as they were; over several days, of overlapping stretches"],
  ["normal", "Normal", "Mean and standard deviation of the returns, scaled by the days and their square root"],
  [
    "cornish-fisher",
    "Cornish–Fisher",
    "The normal one corrected for skew and kurtosis; none where they are beyond what the expansion can follow",
  ],
];

/** What a bad day may cost: value at risk, and the mean beyond it. */
export function tailRiskCard({ tailRisk, period }: ReportDocument): HTMLElement {
  const title = "Value at risk";
  const horizons = [...new Set(tailRisk.map(({ horizonPeriods }) => horizonPeriods))];
  if (period === null || tailRisk.every(({ valueAtRiskFraction }) => valueAtRiskFraction === null)) {
    return card(title, {}, element("p", { class: "empty" }, "The run has too few days."));
  }
  const box = element("div", {});
  const draw = (horizon: number) => {
    const rows = tailRisk.filter(({ horizonPeriods }) => horizonPeriods === horizons[horizon]);
    box.replaceChildren(element("p", { class: "in-words" }, inWords(rows, period.finalEquity)), riskTable(rows));
  };
  draw(0);
  return card(
    title,
    {
      note: "Of the account's daily returns; a loss is below zero. CVaR, or expected shortfall, is the mean beyond.",
      controls: [
        segmentedControl(
          "Days ahead",
          horizons.map((days) => days === 1 ? "1 day" : `${days} days`),
          0,
          draw,
        ),
      ],
    },
    box,
  );
}

/** The figure that people ask for, as a sentence. */
function inWords(rows: readonly TailRisk[], equity: number): string {
  const own = rows.find(({ method, confidenceFraction }) => method === "historical" && confidenceFraction === 0.95);
  const value = own?.valueAtRiskFraction ?? null, beyond = own?.conditionalValueAtRiskFraction ?? null;
  if (own === undefined || value === null || beyond === null) return "The run has too few days for these figures.";
  const when = own.horizonPeriods === 1
    ? "On one day in twenty"
    : `In one of twenty stretches of ${own.horizonPeriods} days`;
  if (value >= 0) return `${when} the account gained ${percent(value)} or less.`;
  return `${when} the account lost ${percent(-value)} or more, and ${percent(-beyond)} on average in these cases: ` +
    `of its last equity ${number(-value * equity, 2)} and ${number(-beyond * equity, 2)}.`;
}

function riskTable(rows: readonly TailRisk[]): HTMLElement {
  const confidences = [...new Set(rows.map(({ confidenceFraction }) => confidenceFraction))];
  const heads = confidences.flatMap((confidence) => {
    const share = percent(confidence, 0);
    return [`VaR ${share}`, `CVaR ${share}`];
  });
  return figureTable(
    ["Method", ...heads],
    METHODS.map(([method, name, convention]) => [
      element("th", { scope: "row", title: convention }, name),
      ...confidences.flatMap((confidence) => {
        const own = rows.find((row) => row.method === method && row.confidenceFraction === confidence);
        return [own?.valueAtRiskFraction ?? null, own?.conditionalValueAtRiskFraction ?? null].map((value) =>
          element("td", { class: "numeric" }, percent(value))
        );
      }),
    ]),
  );
}
