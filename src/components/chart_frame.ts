import type { PlotOptions } from "@observablehq/plot";

/** Colours as the style sheet names them; they follow the light and the dark theme. */
export const COLOR = {
  accent: "var(--accent)",
  other: "var(--other)",
  gain: "var(--gain)",
  loss: "var(--loss)",
  text: "var(--theme-foreground)",
  muted: "var(--theme-foreground-muted)",
  line: "var(--theme-foreground-faintest)",
} as const;

/** Eight colours that are told apart well, for markets and strategies; further ones are grey. */
export function seriesColor(index: number): string {
  return index < 8 ? `var(--series-${index + 1})` : COLOR.muted;
}

/** The same margins in charts that stand above each other, so that their time axes meet. */
const MARGINS = { marginLeft: 56, marginRight: 16, marginTop: 12, marginBottom: 28 };

/** What all charts share; `options` add to it. */
export function chartFrame(width: number, height: number, options: PlotOptions): PlotOptions {
  return { ...MARGINS, width, height, ...options };
}

/** A time axis in UTC. */
export function timeAxis(domain?: readonly [number, number]): NonNullable<PlotOptions["x"]> {
  return {
    type: "utc",
    label: null,
    ticks: 8,
    tickSize: 0,
    ...(domain ? { domain: domain.map((ms) => new Date(ms)) } : {}),
  };
}

/** Ticks of a logarithmic axis: 1, 2 and 5 of each power of ten, or the powers alone where these are many. */
export function logTicks(low: number, high: number): number[] {
  const powers = Array.from({ length: 25 }, (_, i) => Number(`1e${i - 12}`));
  const fine = powers.flatMap((power) => [power, 2 * power, 5 * power]).filter((tick) => tick >= low && tick <= high);
  return fine.length <= 6 ? fine : fine.filter((tick) => powers.includes(tick));
}
