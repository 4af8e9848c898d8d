import { card } from "./card.ts";
import { correlationHeatmap } from "./correlation_heatmap.ts";
import { element } from "./element.ts";
import type { PortfolioReport } from "./engine.ts";
import { number } from "./format.ts";
import { segmentedControl } from "./segmented_control.ts";

const METHODS = ["pearson", "spearman"] as const;

/** How the markets moved together, and how what was earned on them did. */
export function correlationCard(
  { marketCorrelation, marketPnlCorrelation, strategyPnlCorrelation }: PortfolioReport,
): HTMLElement {
  const tables = [
    ["returns of markets", marketCorrelation],
    ["profit by market", marketPnlCorrelation],
    ["profit by strategy", strategyPnlCorrelation],
  ] as const;
  const shown = tables.flatMap(([name, table]) => table === null ? [] : [{ name, table }]);
  let what = 0, method = 0;
  const chart = element("div", {});
  const draw = () => chart.replaceChildren(correlationHeatmap(shown[what].table, METHODS[method]));
  draw();
  return card(
    "Correlation",
    {
      note:
        `Of daily returns, and of daily profits as shares of the equity, over ${
          number(shown[0].table.days, 0)
        } days. ` +
        "Spearman's looks at ranks alone.",
      controls: [
        segmentedControl("Of what", shown.map(({ name }) => name), 0, (i) => (what = i, draw())),
        segmentedControl("Method", ["Pearson", "Spearman"], 0, (i) => (method = i, draw())),
      ],
    },
    chart,
  );
}
