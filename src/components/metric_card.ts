import { card } from "./card.ts";
import type { ReportDocument } from "./engine.ts";
import { metricTable } from "./metric_table.ts";

/** All figures of a run. */
export function metricCard({ metrics, equity }: ReportDocument): HTMLElement {
  return card(
    "Metrics",
    { note: "Point at a name for its formula and convention." },
    metricTable(metrics, equity.benchmarkLabel),
  );
}
