import { element } from "./element.ts";
import type { AmbiguousExit } from "./engine.ts";
import { amount, dateTime, number, UNDEFINED } from "./format.ts";
import { shortNames } from "./short_names.ts";
import { type Column, sortableTable } from "./sortable_table.ts";

const price = (label: string, title: string, value: (row: AmbiguousExit) => number | null): Column<AmbiguousExit> => ({
  label,
  title,
  numeric: true,
  value,
  cell: (row) => {
    const own = value(row);
    return own === null ? UNDEFINED : amount(own);
  },
});

/** Exits whose candle leaves open what came first, folded away; nothing where there is none. */
export function ambiguousExits(rows: readonly AmbiguousExit[]): HTMLElement[] {
  if (rows.length === 0) return [];
  const names = shortNames(rows.map(({ instrument }) => instrument));
  const nameOf = new Map(rows.map(({ instrument }, i) => [instrument, names[i]]));
  const market = ({ instrument }: AmbiguousExit) => nameOf.get(instrument)!;
  const taken = ({ exitReason }: AmbiguousExit) => exitReason ?? UNDEFINED;
  const opened = ({ enteredInCandle }: AmbiguousExit) => enteredInCandle ? "in this candle" : "before it";
  const columns: readonly Column<AmbiguousExit>[] = [
    {
      label: "Candle",
      title: "Open time, UTC",
      numeric: true,
      value: (row) => row.timeMs,
      cell: (row) => dateTime(row.timeMs),
    },
    { label: "Market", value: market, cell: market },
    price("Low", "Lowest price of the candle", (row) => row.low),
    price("High", "Highest price of the candle", (row) => row.high),
    { label: "Taken", title: "What the fill rules assumed came first", value: taken, cell: taken },
    price("At", "Price of the exit", (row) => row.exitPrice),
    { label: "Opened", title: "When the position was opened", value: opened, cell: opened },
  ];
  const summary = rows.length === 1
    ? "1 exit whose candle leaves open what came first"
    : `${number(rows.length, 0)} exits whose candles leave open what came first`;
  return [
    element(
      "details",
      { class: "ambiguous" },
      element("summary", {}, summary),
      element("p", {}, "Such a candle reaches stop and target, or the stop of an entry that it also reaches."),
      sortableTable("Ambiguous exits", rows, columns, { sortedBy: "Candle" }),
    ),
  ];
}
