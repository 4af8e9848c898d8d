import { card } from "./card.ts";
import { element } from "./element.ts";
import type { PriceTable, ReportDocument } from "./engine.ts";
import type { RecentCandles } from "./page_data.ts";
import { priceChart } from "./price_chart.ts";
import { segmentedControl } from "./segmented_control.ts";

const DAY_MS = 86_400_000;
const SPANS: readonly [label: string, days: number][] = [["all", Infinity], ["1 year", 365], ["90 days", 90], [
  "30 days",
  30,
], ["7 days", 7]];

/** One card a market: its prices, with the run's trades in them. */
export function priceCards({ prices, trades, period }: ReportDocument, recent: RecentCandles | null): HTMLElement {
  if (period === null || prices.length === 0) {
    const reason = "The candles of this run are no longer in the lake: import them again to see the prices.";
    return card("Price and trades", {}, element("p", { class: "empty" }, reason));
  }
  return element(
    "div",
    {},
    ...prices.map((table) => priceCard(table, { prices, trades, period } as ReportDocument, recent)),
  );
}

function priceCard(table: PriceTable, { trades, period }: ReportDocument, recent: RecentCandles | null): HTMLElement {
  const own = trades.filter(({ instrument }) => instrument === table.instrument);
  const exact = recent !== null && table.instrument === `${recent.exchange}:${recent.symbol}` ? recent : null;
  const { fromMs, toMs } = period!;
  const draw = ([, days]: typeof SPANS[number]) => {
    const from = Math.max(fromMs, toMs - days * DAY_MS);
    const prices = exact !== null && from >= exact.openTimeMs[0] ? exact : table;
    return priceChart(prices, own, from, toMs);
  };
  const spans = SPANS.filter(([, days]) => days === Infinity || days * DAY_MS < toMs - fromMs);
  const chart = element("div", {}, draw(SPANS[0]));
  const control = segmentedControl(
    "Time shown",
    spans.map(([label]) => label),
    0,
    (i) => chart.replaceChildren(draw(spans[i])),
  );
  const merged = table.candlesPerRow === 1 ? "Each candle." : `${table.candlesPerRow} candles merged into each point.`;
  const keys = [
    element("span", { class: "key gain" }, "trade that won"),
    element("span", { class: "key loss" }, "trade that lost"),
  ];
  return card(
    `Price and trades · ${table.instrument}`,
    {
      note: `${merged} A line joins the entry of a trade with its exit.`,
      controls: [element("div", { class: "keys" }, ...keys), control],
    },
    chart,
  );
}
