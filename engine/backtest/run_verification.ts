// Is a run that was kept what its inputs make of it today?
import { identityOf, type MovedValue, movedValues } from "../identity/mod.ts";
import type { RunRecord } from "./run_record.ts";
import type { RunData, RunManifest } from "./run_spec.ts";

/** Something that a run was made of and that is another one now. */
export interface MovedInput {
  readonly what: "manifest" | "strategy" | "engine" | "candles" | "funding" | "mark" | "start";
  /** Of candles and feeds: whose. */
  readonly instrument?: string;
  readonly recorded: string | number | null;
  readonly now: string | number | null;
  /** What that means, in a sentence. */
  readonly message: string;
}

/** What became of a run. */
export interface RunVerification {
  readonly hash: string;
  /** True where every figure is what it was, and so is every input. */
  readonly holds: boolean;
  readonly inputs: readonly MovedInput[];
  /** Every figure, trade, fill, warning and column that is another one now. */
  readonly moved: readonly MovedValue[];
}

/**
 * Compares a run that was kept with what its own spec makes today.
 *
 * @param again The run of the spec that the recorded manifest is.
 */
export function verifyRun(recorded: RunRecord, again: RunRecord): RunVerification {
  const inputs = movedInputs(recorded.manifest, again.manifest);
  const { metrics, trades, fills, equity, holdings, notes } = recorded;
  const moved = movedValues(
    { metrics, trades, fills, equity, holdings, notes },
    {
      metrics: again.metrics,
      trades: again.trades,
      fills: again.fills,
      equity: again.equity,
      holdings: again.holdings,
      notes: again.notes,
    },
  );
  return { hash: recorded.manifest.run.hash, holds: inputs.length + moved.length === 0, inputs, moved };
}

/** What a run was made of that has changed since. */
export function movedInputs(recorded: RunManifest, now: RunManifest): MovedInput[] {
  const { hash, ...facts } = recorded.run, own = identityOf({ ...recorded, run: facts });
  return [
    ...(own === hash ? [] : [
      {
        what: "manifest",
        recorded: hash,
        now: own,
        message: "the manifest was edited: its settings are not those that its hash was made of",
      } as const,
    ]),
    ...(facts.strategyHash === now.run.strategyHash ? [] : [
      {
        what: "strategy",
        recorded: facts.strategyHash,
        now: now.run.strategyHash,
        message: "the rules of the strategy are others now: its code, or its parameters",
      } as const,
    ]),
    ...(facts.engineVersion === now.run.engineVersion ? [] : [
      {
        what: "engine",
        recorded: facts.engineVersion,
        now: now.run.engineVersion,
        message: "the run was made by another version of the engine",
      } as const,
    ]),
    ...(facts.tradedFromMs === now.run.tradedFromMs ? [] : [
      {
        what: "start",
        recorded: facts.tradedFromMs,
        now: now.run.tradedFromMs,
        message: "the strategy begins to decide on another candle",
      } as const,
    ]),
    ...facts.data.flatMap((used, i) => movedData(used, now.run.data[i])),
  ];
}

function movedData(recorded: RunData, now: RunData | undefined): MovedInput[] {
  const { instrument } = recorded, length = recorded.timeframe ? `${recorded.timeframe} ` : "";
  const found: MovedInput[] = [];
  if (recorded.sha256 !== now?.sha256) {
    const count = now === undefined || now.candles === recorded.candles
      ? "values of them were changed"
      : `there were ${recorded.candles}, there are ${now.candles}`;
    found.push({
      what: "candles",
      instrument,
      recorded: recorded.sha256,
      now: now?.sha256 ?? null,
      message: `the ${length}candles of ${instrument} are others now: ${count}`,
    });
  }
  for (const what of ["funding", "mark"] as const) {
    if (recorded[what]?.sha256 === now?.[what]?.sha256) continue;
    found.push({
      what,
      instrument,
      recorded: recorded[what]?.sha256 ?? null,
      now: now?.[what]?.sha256 ?? null,
      message: `the ${what === "mark" ? "mark prices" : "funding"} of ${instrument} are others now`,
    });
  }
  return found;
}
