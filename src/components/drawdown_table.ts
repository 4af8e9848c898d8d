import { element } from "./element.ts";
import type { DrawdownRow } from "./engine.ts";
import { date, number, percent } from "./format.ts";
import { type Column, sortableTable } from "./sortable_table.ts";

const COLUMNS: readonly Column<DrawdownRow>[] = [
  {
    label: "Depth",
    title: "Valley ÷ peak − 1",
    numeric: true,
    value: (row) => row.depthFraction,
    cell: (row) => percent(row.depthFraction),
    mark: () => "loss",
  },
  { label: "Peak", numeric: true, value: (row) => row.peakMs, cell: (row) => date(row.peakMs) },
  { label: "Valley", numeric: true, value: (row) => row.valleyMs, cell: (row) => date(row.valleyMs) },
  {
    label: "Recovered",
    title: "First close at or above the peak",
    numeric: true,
    value: (row) => row.recoveryMs,
    cell: (row) => row.recoveryMs === null ? element("em", {}, "not yet") : date(row.recoveryMs),
  },
  {
    label: "Days",
    title: "From the peak to the recovery, or to the end of the run",
    numeric: true,
    value: (row) => row.lengthDays,
    cell: (row) => number(row.lengthDays, 0),
  },
];

/** The deepest stretches below a peak. */
export function drawdownTable(rows: readonly DrawdownRow[]): HTMLElement {
  return sortableTable("Worst drawdowns", rows, COLUMNS, { sortedBy: "Depth" });
}
