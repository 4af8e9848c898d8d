import { card } from "./card.ts";
import type { ReportDocument } from "./engine.ts";
import { monthlyHeatmap } from "./monthly_heatmap.ts";

/** Returns by calendar month of a run. */
export function monthlyCard({ monthlyReturns }: ReportDocument): HTMLElement {
  return card("Monthly returns", { note: "Percent, calendar months in UTC." }, monthlyHeatmap(monthlyReturns));
}
