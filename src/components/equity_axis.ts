import type { PlotOptions } from "@observablehq/plot";
import { logTicks } from "./chart_frame.ts";
import { compact } from "./format.ts";

/** The axis of accounts between two values, in quote units; a logarithm of what is not above 0 is none. */
export function equityAxis(
  scale: "linear" | "log",
  lowest: number,
  highest: number,
): NonNullable<PlotOptions["y"]> & { readonly type: "linear" | "log" } {
  const type = scale === "log" && lowest > 0 ? "log" : "linear";
  return {
    type,
    grid: true,
    label: null,
    tickFormat: compact,
    ticks: type === "log" ? logTicks(lowest, highest) : 5,
    tickSize: 0,
    nice: type === "linear",
  };
}
