import { element } from "./element.ts";
import type { FunnelRow, FunnelStage } from "./engine.ts";
import { number } from "./format.ts";

const STAGES: readonly (readonly [stage: FunnelStage, title: string])[] = [
  ["signals", "Signals"],
  ["risk", "Risk"],
  ["rounding", "Rounding"],
  ["orders", "Orders"],
  ["fills", "Fills"],
];
/** What a stage says that held nothing up. */
const NOTHING: Readonly<Record<FunnelStage, string>> = {
  signals: "no signal",
  risk: "nothing refused",
  rounding: "nothing lost",
  orders: "no order",
  fills: "no fill",
};

/** The way from signals to fills: a column for each stage, with what was lost there and why. */
export function funnel(rows: readonly FunnelRow[]): HTMLElement {
  return element(
    "ol",
    { class: "funnel", "aria-label": "From signals to fills" },
    ...STAGES.map(([stage, title]) => {
      const own = rows.filter((row) => row.stage === stage);
      return element(
        "li",
        {},
        element("h3", {}, title),
        ...(own.length === 0 ? [element("p", {}, NOTHING[stage])] : own.map(lineOf)),
      );
    }),
  );
}

function lineOf({ label, count, lost }: FunnelRow): HTMLElement {
  return element("p", lost ? { class: "lost" } : {}, element("b", {}, number(count, 0)), ` ${label}`);
}
