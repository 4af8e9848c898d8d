// Columns that nothing of the data changes: they were made before, and nobody can say of what.
import type { AlterableData, LeakData } from "./leak_data.ts";
import { type ColumnName, type Frozen, PipelineRun } from "./pipeline_run.ts";
import { isRegular } from "./regular_values.ts";
import { differs } from "./value_difference.ts";

/** Moves every time to another hour, weekday and month. */
const OTHER_TIME_MS = (37 * 24 + 5) * 3_600_000 + 17 * 60_000;

/** Those of some columns that come out the same whatever the candles and their times are, and follow no rule of the row. */
export function outsideColumns(base: PipelineRun, data: AlterableData, parts: readonly ColumnName[]): ColumnName[] {
  const frozen: Frozen = { run: base, cut: -1, horizonOf: () => 0 };
  const runs = (["inverted", "noise"] as const).map((how) =>
    new PipelineRun(base.pipeline, elsewhen(data.replaced(how)), base.categories, { frozen })
  );
  return parts.filter((part) => {
    const values = base.column(part);
    return !isRegular(values) && runs.every((run) => {
      try {
        const other = run.column(part);
        return values.every((value, row) => !differs(value, other[row]!, 0));
      } catch {
        return false; // It does read what it is given.
      }
    });
  });
}

function elsewhen(data: LeakData): LeakData {
  const moved = <T extends { readonly openTimeMs: Float64Array }>(candles: T): T => ({
    ...candles,
    openTimeMs: candles.openTimeMs.map((time) => time + OTHER_TIME_MS),
  });
  const markets = Object.fromEntries(Object.entries(data.markets).map(([name, own]) => [name, moved(own)]));
  return { ...data, markets, candles: moved(data.candles) };
}
