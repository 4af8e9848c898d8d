import { card } from "./card.ts";
import { drawdownTable } from "./drawdown_table.ts";
import type { ReportDocument } from "./engine.ts";

/** The worst drawdowns of a run. */
export function drawdownCard({ worstDrawdowns }: ReportDocument): HTMLElement {
  return card("Worst drawdowns", { note: "At the candles' closes." }, drawdownTable(worstDrawdowns));
}
