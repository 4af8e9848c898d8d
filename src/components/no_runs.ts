import { card } from "./card.ts";
import { element } from "./element.ts";

/** What stands where runs would be listed: how to make one. */
export function noRuns(): HTMLElement {
  const steps: readonly [string, string][] = [
    ["deno task demo", "imports the sample candles, runs the built-in strategies and builds these pages"],
    ["deno task backtest --strategy sma-cross --symbol BTC/USD --timeframe 1h", "makes one run"],
    ["deno task site", "builds these pages again"],
  ];
  const list = steps.flatMap(([command, what]) => [
    element("dt", {}, element("code", {}, command)),
    element("dd", {}, what),
  ]);
  return card("There is no run yet", {}, element("dl", { class: "steps" }, ...list));
}
