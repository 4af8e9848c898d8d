// The same decisions, carried out later.
import type { RunSpec } from "../../backtest/mod.ts";
import { nominalLengthMs, timeframe } from "../../time/mod.ts";
import type { Replayer, ReplayFigures } from "./replayer.ts";

/** A run whose orders reach the market later. */
export interface LateDecisions {
  readonly delayMs: number;
  /** True of the length of a candle: each decision is carried out one bar later. */
  readonly isOneBar: boolean;
  readonly figures: ReplayFigures;
}

/** A spec whose requests are on their way so much longer. */
export function delayed(spec: RunSpec, delayMs: number): RunSpec {
  const { fillRules } = spec, before = fillRules.latencyMs ?? [0];
  if (delayMs === 0) return spec;
  const latencyMs = before.map((own) => own + delayMs);
  return { ...spec, fillRules: { ...fillRules, id: `${fillRules.id}, ${delayMs} ms late`, latencyMs } };
}

/**
 * Runs with every request so much later. What fills inside a candle whose path nobody knows takes the worst price that the
 * market can have had by then; a delay of a bar fills at the open of the candle after the next.
 */
export function lateDecisions(replayer: Replayer, delayMs: number): LateDecisions {
  const { spec } = replayer;
  return {
    delayMs,
    isOneBar: delayMs === nominalLengthMs(timeframe(spec.timeframe)),
    figures: replayer.run({ spec: delayed(spec, delayMs) }),
  };
}
