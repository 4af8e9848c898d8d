// Observable Plot without a browser. Plot and the document that it draws into are loaded when something is drawn.
import type { PlotOptions } from "@observablehq/plot";

/** Colours that follow the pages' light and dark theme where there is one. */
export const COLOR = {
  accent: "var(--accent, #2563d9)",
  gain: "var(--gain, #0d8f68)",
  loss: "var(--loss, #cf3f52)",
  muted: "var(--theme-foreground-muted, #6a7283)",
  lines: [
    "var(--series-1, #2563d9)",
    "var(--series-2, #c07a15)",
    "var(--series-4, #a3398f)",
    "var(--series-5, #0e86a8)",
    "var(--series-7, #6b57d2)",
  ],
} as const;

/** Marks by name: the part of Plot that drawings here use. */
export type PlotModule = typeof import("@observablehq/plot");

/** Wide and narrow enough for a notebook's column; the drawing shrinks with it. */
const FRAME = { width: 860, marginLeft: 56, marginRight: 16, marginTop: 12, marginBottom: 28 };

/** SVG of a plot, with a text for readers who do not see it. The same options give the same bytes. */
export async function drawing(ariaLabel: string, options: (plot: PlotModule) => PlotOptions): Promise<string> {
  const [Plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  const { document } = parseHTML("<html><body></body></html>");
  const drawn = { ...FRAME, ...options(Plot), ariaLabel, document: document as unknown as Document };
  const svg = Plot.plot(drawn).outerHTML.replace(/="[^"]*[<>][^"]*"/g, withoutBrackets);
  // Plot numbers its clips through the process; equal frames have equal ones, so the frame names them.
  return shortened(svg).replace(/plot-clip-\d+/g, `plot-clip-${drawn.width}-${drawn.height}`);
}

/** A time axis in UTC and a price axis, as all charts have them. */
export const AXES = {
  x: { type: "utc", label: null, ticks: 8, tickSize: 0 },
  y: { grid: true, label: null, ticks: 6, tickSize: 0, nice: true },
} as const satisfies PlotOptions;

/** Brackets in an attribute are no markup for a browser, but may be for a simpler reader. */
function withoutBrackets(attribute: string): string {
  return attribute.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Places to a hundredth of a pixel: less to store, and nothing that the eye would miss. */
function shortened(svg: string): string {
  return svg.replace(
    / (?:x|y|cx|cy|[xy][12]|width|height|d|transform)="[^"]*"/g,
    (attribute) => attribute.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
}
