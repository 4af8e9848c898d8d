import type { EquityCurve, Holdings, OpenTrade, Trade } from "../portfolio/mod.ts";
import type { RunManifest } from "./run_spec.ts";

/** All that is kept of a run, as `data/runs/<hash>/` holds it. */
export interface RunRecord {
  readonly manifest: RunManifest;
  readonly trades: readonly Trade[];
  readonly equity: EquityCurve;
  /** What each strategy held and earned on each market. */
  readonly holdings: Holdings;
  /** Figures by name; null where a figure is not defined (a ratio without variance). */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** What happened on the way from signals to fills, and what a reader of the figures should know. */
  readonly notes: RunNotes;
}

/** Counts and warnings of a run. */
export interface RunNotes {
  /** From signals to fills: what each name counts stands at `TraderState.funnel`. */
  readonly funnel: Readonly<Record<string, number>>;
  /** Candles in which stop and target were both touched; the stop was taken. */
  readonly ambiguousFills: number;
  /** Entries that the funds cut short. */
  readonly cutEntries: number;
  /** What is still held at the end, in order of entry: in the equity, not in the trades. */
  readonly openTrades: readonly OpenTrade[];
  /** Sentences for the reader, in plain words. */
  readonly warnings: readonly string[];
}
