// What venues did to the positions of a run, for its notes.
import type { Simulator } from "../simulator/mod.ts";
import { formatTimestamp } from "../time/mod.ts";
import type { TraderConfig } from "../trader/mod.ts";
import { liquidationFacts } from "./explained_takeover.ts";
import type { RunNotes } from "./run_record.ts";

/** The part of the notes that only runs with charges or liquidations have. */
export function positionNotes(
  { instruments }: TraderConfig,
  { desk }: Simulator,
): Pick<RunNotes, "missingFunding" | "missingMarks" | "liquidations"> {
  if (desk === null) return {};
  const missingFunding = desk.charges.missing.map(({ instrument, count, firstTimeMs }) => ({
    instrument: instruments[instrument]!.id,
    count,
    firstTimeMs,
  }));
  const liquidations = desk.liquidated.map(liquidationFacts);
  return {
    ...(missingFunding.length === 0 ? {} : { missingFunding }),
    ...(desk.marks.missing === 0 ? {} : { missingMarks: desk.marks.missing }),
    ...(liquidations.length === 0 ? {} : { liquidations }),
  };
}

/** The same as sentences. */
export function positionWarnings(
  { missingFunding = [], missingMarks = 0, liquidations = [] }: ReturnType<typeof positionNotes>,
): string[] {
  const warnings = missingFunding.map(({ instrument, count, firstTimeMs }) =>
    `${count} funding settlements of ${instrument} are missing while a position was open, the first of ${
      formatTimestamp(firstTimeMs)
    }: nothing was charged for them, which is not the same as a rate of 0.`
  );
  if (missingMarks > 0) {
    warnings.push(`${missingMarks} candles had no mark price; the traded price stood in.`);
  }
  if (liquidations.length > 0) {
    const fund = liquidations.reduce((sum, { insurance }) => sum + insurance, 0);
    warnings.push(
      `${liquidations.length} positions were liquidated, the first on ${
        formatTimestamp(liquidations[0]!.timeMs)
      }; the insurance fund ${fund < 0 ? "paid" : "received"} ${Number(Math.abs(fund).toFixed(8))}.`,
    );
  }
  return warnings;
}
