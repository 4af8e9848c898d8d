import { card } from "./card.ts";
import { colorKeys } from "./color_keys.ts";
import { drawdownChart } from "./drawdown_chart.ts";
import { element } from "./element.ts";
import type { EquityTable, ReportDocument } from "./engine.ts";
import { equityChart } from "./equity_chart.ts";
import { segmentedControl } from "./segmented_control.ts";

const SCALES = ["linear", "log"] as const;

/** Equity and, below it on the same time axis, the drawdown. */
export function accountCard({ equity: table }: ReportDocument): HTMLElement {
  const first = isWidelySpread(table) ? 1 : 0;
  const equity = element("div", {}, equityChart(table, SCALES[first]));
  const redraw = (scale: number) => equity.replaceChildren(equityChart(table, SCALES[scale]));
  const benchmark = table.benchmarkLabel ? [["other", table.benchmarkLabel] as const] : [];
  return card(
    "Equity and drawdown",
    {
      note: "In quote units, at each close.",
      controls: [
        colorKeys(["accent", "equity"], ...benchmark, ["loss", "drawdown"]),
        segmentedControl("Scale of the equity", SCALES, first, redraw),
      ],
    },
    equity,
    drawdownChart(table),
  );
}

/** True where a linear axis would press most of a curve to its floor. */
function isWidelySpread({ equity, benchmarkEquity }: EquityTable): boolean {
  const values = [...equity, ...benchmarkEquity ?? []];
  const lowest = Math.min(...values);
  return lowest > 0 && Math.max(...values) > 8 * lowest;
}
