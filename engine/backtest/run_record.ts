import type { EquityCurve, Trade } from "../portfolio/mod.ts";
import type { RunManifest } from "./run_spec.ts";

/** All that is kept of a run, as `data/runs/<hash>/` holds it. */
export interface RunRecord {
  readonly manifest: RunManifest;
  readonly trades: readonly Trade[];
  readonly equity: EquityCurve;
  /** Figures by name; null where a figure is not defined (a ratio without variance). */
  readonly metrics: Readonly<Record<string, number | null>>;
}
