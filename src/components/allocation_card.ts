import { allocationChart, exposureChart } from "./allocation_chart.ts";
import { card } from "./card.ts";
import { seriesColor } from "./chart_frame.ts";
import { element } from "./element.ts";
import type { AllocationTable } from "./engine.ts";
import { segmentedControl } from "./segmented_control.ts";
import { shortNames } from "./short_names.ts";

const VIEWS = ["allocation", "exposure"] as const;

/** Where the equity was, and how much of it was at risk in the markets. */
export function allocationCard(table: AllocationTable): HTMLElement {
  const chart = element("div", {}), keys = element("div", { class: "keys" });
  // Stacked shares say little once some are below zero.
  const first = table.shortFraction.some((short) => short !== null && short > 0) ? 1 : 0;
  const draw = (view: number) => {
    chart.replaceChildren(view === 0 ? allocationChart(table) : exposureChart(table));
    keys.replaceChildren(
      ...(view === 0 ? allocationKeys(table) : EXPOSURE_KEYS.map(([name, color]) => key(name, color))),
    );
  };
  draw(first);
  return card(
    "Allocation and exposure",
    {
      note: "Shares of the equity at closes. What was sold short is below zero, and its proceeds are cash.",
      controls: [segmentedControl("What is shown", VIEWS, first, draw)],
    },
    keys,
    chart,
  );
}

const EXPOSURE_KEYS = [
  ["gross", "var(--other)"],
  ["net", "var(--accent)"],
  ["long", "var(--gain)"],
  ["short", "var(--loss)"],
] as const;

function allocationKeys({ markets }: AllocationTable): HTMLElement[] {
  return [
    ...shortNames(markets.map(({ label }) => label)).map((name, i) => key(name, seriesColor(i))),
    key("cash", "var(--theme-foreground-faintest)"),
  ];
}

function key(name: string, color: string): HTMLElement {
  return element("span", { class: "key", style: `--key: ${color}` }, name);
}
